// What is being typed, per chat, and its way into the core: after a pause, on a switch, when the window goes away.

import { SvelteMap } from 'svelte/reactivity';

import { call } from '../host';
import { toasts } from './toasts.svelte';

/** Milliseconds of quiet before a draft is stored. */
const PAUSE = 600;

class Drafts {
  /** Typed in this window; a chat that is absent here has the draft its row says. */
  #texts = new SvelteMap<string, string>();
  #unsaved = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  text(chat: string, stored: string): string {
    return this.#texts.get(chat) ?? stored;
  }

  type(chat: string, text: string): void {
    this.#texts.set(chat, text);
    this.#unsaved.add(chat);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), PAUSE);
  }

  /** Stores everything that is not stored yet. */
  save(): void {
    clearTimeout(this.#timer);
    for (const chat of this.#unsaved) {
      const text = this.#texts.get(chat) ?? '';
      void call('save_draft', { chat, text }).catch((error: unknown) => toasts.error(error));
    }
    this.#unsaved.clear();
  }
}

export const drafts = new Drafts();
