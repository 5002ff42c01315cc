// Telling the core how far a person has read: soon, then at most once a second, never the same twice.

import { call } from '../../host';
import { toasts } from '../../ui-state/toasts.svelte';

/** Milliseconds from seeing a message to its mark: more come into sight with it. */
const PAUSE = 250;
/** Least milliseconds between two marks: each is written, sealed and sent. */
const EVERY = 1000;

export class Marks {
  #chat: string;
  #seen: string | undefined;
  #marked: string | undefined;
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(chat: string) {
    this.#chat = chat;
  }

  /** `message`: id of the newest one that was seen. */
  request(message: string): void {
    this.#seen = message;
    this.#timer ??= setTimeout(() => void this.#mark(), Math.max(PAUSE, this.#last + EVERY - performance.now()));
  }

  /** What was seen is marked, also by who goes on at once. */
  dispose(): void {
    if (this.#timer !== undefined) void this.#mark();
  }

  async #mark(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const message = this.#seen;
    if (message === undefined || message === this.#marked) return;
    this.#marked = message;
    this.#last = performance.now();
    try {
      await call('mark_read', { chat: this.#chat, message });
    } catch (error) {
      this.#marked = undefined;
      toasts.error(error);
    }
  }
}
