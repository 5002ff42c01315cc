// Telling the core how far a person has read: not more often than a few times a second, never the same twice.

import { call } from '../../host';
import { toasts } from '../../ui-state/toasts.svelte';

/** Milliseconds between two read marks. */
const PAUSE = 250;

export class Marks {
  #chat: string;
  #marked: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #newest: () => string | undefined;

  /** `newest`: id of the newest message seen, when the pause is over; undefined to say nothing. */
  constructor(chat: string, newest: () => string | undefined) {
    this.#chat = chat;
    this.#newest = newest;
  }

  request(): void {
    this.#timer ??= setTimeout(() => void this.#mark(), PAUSE);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  async #mark(): Promise<void> {
    this.#timer = undefined;
    const message = this.#newest();
    if (message === undefined || message === this.#marked) return;
    this.#marked = message;
    try {
      await call('mark_read', { chat: this.#chat, message });
    } catch (error) {
      this.#marked = undefined;
      toasts.error(error);
    }
  }
}
