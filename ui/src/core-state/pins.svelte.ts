// What is pinned in the chats on screen, newest first. Asked again when a chat has changed, a few times a second at most.

import { SvelteMap } from 'svelte/reactivity';

import type { FoundRow } from '../generated/FoundRow';
import { type Account, perAccount } from './account.svelte';

/** Milliseconds. */
const PAUSE = 300;

class Pins {
  #rows = new SvelteMap<string, readonly FoundRow[]>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** How often a chat was asked for: an answer that a later question has overtaken is dropped. */
  #turns = new Map<string, number>();
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  of(chat: string): readonly FoundRow[] {
    return this.#rows.get(chat) ?? [];
  }

  /** The chat is on screen, or has changed there. `onError` hears an `ApiError`. */
  show(chat: string, onError: (error: unknown) => void): void {
    if (!this.#turns.has(chat)) return void this.#load(chat, onError);
    if (this.#timers.has(chat)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(chat);
      void this.#load(chat, onError);
    }, PAUSE);
    this.#timers.set(chat, timer);
  }

  async #load(chat: string, onError: (error: unknown) => void): Promise<void> {
    const turn = (this.#turns.get(chat) ?? 0) + 1;
    this.#turns.set(chat, turn);
    try {
      const { messages } = await this.#account.call('list_messages', { chat, list: 'pinned', before: null });
      if (turn === this.#turns.get(chat)) this.#rows.set(chat, messages);
    } catch (error) {
      if (turn === this.#turns.get(chat)) onError(error);
    }
  }
}

export const pins = perAccount((account) => new Pins(account));
