// What is pinned in the chat on screen, newest first. Asked again when the chat has changed, a few times a second at most.

import type { FoundRow } from '../generated/FoundRow';
import { type Account, perAccount } from './account.svelte';

/** Milliseconds. */
const PAUSE = 300;

class Pins {
  chat = $state<string>();
  rows = $state.raw<readonly FoundRow[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** `onError` hears an `ApiError`. */
  show(chat: string, onError: (error: unknown) => void): void {
    if (chat !== this.chat) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.chat = chat;
      this.rows = [];
      void this.#load(onError);
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        void this.#load(onError);
      }, PAUSE);
    }
  }

  async #load(onError: (error: unknown) => void): Promise<void> {
    const turn = (this.#turn += 1);
    const chat = this.chat;
    if (chat === undefined) return;
    try {
      const { messages } = await this.#account.call('list_messages', { chat, list: 'pinned', before: null });
      if (turn === this.#turn) this.rows = messages;
    } catch (error) {
      if (turn === this.#turn) onError(error);
    }
  }
}

export const pins = perAccount((account) => new Pins(account));
