// One search: what is found so far, page by page. An answer that a newer question has overtaken is dropped.

import type { ApiError } from '../generated/ApiError';
import type { FoundRow } from '../generated/FoundRow';
import type { SearchOrder } from '../generated/SearchOrder';
import { call, toApiError } from '../host';
import { asksNothing } from './search-filters';

/** Milliseconds after a key in which another one may come. */
export const PAUSE = 60;

export class Searching {
  rows = $state.raw<readonly FoundRow[]>([]);
  /** `idle`: nothing was asked. While `busy` the rows are still those of the question before. */
  state = $state<'idle' | 'busy' | 'done' | 'failed'>('idle');
  failure = $state.raw<ApiError>();
  order = $state<SearchOrder>('newest');
  /** Row that Enter opens. */
  active = $state(0);
  more = $state(false);

  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cursor: string | null = null;
  #loadingMore = false;
  #asked = { query: '', chat: undefined as string | undefined };

  /** To be called at each change of the question. */
  ask(query: string, chat: string | undefined): void {
    this.#asked = { query, chat };
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (asksNothing(query)) {
      this.rows = [];
      this.state = 'idle';
      this.more = false;
      return;
    }
    this.state = 'busy';
    this.#timer = setTimeout(() => void this.#run(), PAUSE);
  }

  sort(order: SearchOrder): void {
    this.order = order;
    this.ask(this.#asked.query, this.#asked.chat);
  }

  again(): void {
    this.ask(this.#asked.query, this.#asked.chat);
  }

  async loadMore(): Promise<void> {
    if (!this.more || this.#loadingMore || this.state !== 'done') return;
    const turn = this.#turn;
    this.#loadingMore = true;
    try {
      const answer = await this.#call(this.#cursor);
      if (turn !== this.#turn) return;
      this.rows = [...this.rows, ...answer.messages];
      this.#page(answer.cursor);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    } finally {
      this.#loadingMore = false;
    }
  }

  step(by: 1 | -1): void {
    this.active = Math.max(0, Math.min(this.active + by, this.rows.length - 1));
  }

  dispose(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    const turn = this.#turn;
    try {
      const answer = await this.#call(null);
      if (turn !== this.#turn) return;
      this.rows = answer.messages;
      this.active = 0;
      this.failure = undefined;
      this.state = 'done';
      this.#page(answer.cursor);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    }
  }

  #call(before: string | null) {
    const { query, chat } = this.#asked;
    return call('search', { query, chat: chat ?? null, order: this.order, before });
  }

  #page(cursor: string | null): void {
    this.#cursor = cursor;
    this.more = cursor !== null;
  }

  #fail(error: unknown): void {
    this.failure = toApiError(error);
    this.state = 'failed';
  }
}
