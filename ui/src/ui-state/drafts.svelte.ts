// What is being typed, per chat, what it answers, and its way into the core: after a pause, on a switch, when the
// window goes away. What nobody types in this window any more is the core's: it may be typed on in another one.

import { SvelteMap } from 'svelte/reactivity';

import { type Account, perAccount } from '../core-state/account.svelte';
import { toasts } from './toasts.svelte';

/** Milliseconds of quiet before a draft is stored. */
const PAUSE = 600;

class Drafts {
  /** Typed in this window; a chat that is absent here has the draft its row says. */
  #texts = new SvelteMap<string, string>();
  /** Ids of messages; null where an answer was given up. */
  #replies = new SvelteMap<string, string | null>();
  #unsaved = new Set<string>();
  /** On their way into the core. */
  #saving = new Map<string, Promise<unknown>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
    window.addEventListener('blur', () => void this.letGo(), { signal: account.signal });
  }

  text(chat: string, stored: string): string {
    return this.#texts.get(chat) ?? stored;
  }

  /** Whether it was typed in this window, and not only shown. */
  typed(chat: string): boolean {
    return this.#texts.has(chat);
  }

  /** Id of the message that is being answered. */
  reply(chat: string, stored: string | null): string | null {
    const own = this.#replies.get(chat);
    return own === undefined ? stored : own;
  }

  /** `stored` as the row of the chat says, so that what is not touched here stays. */
  type(chat: string, text: string, stored: string | null): void {
    this.#texts.set(chat, text);
    this.#replies.set(chat, this.reply(chat, stored));
    this.#changed(chat);
  }

  answer(chat: string, message: string | null, stored: string): void {
    this.#replies.set(chat, message);
    this.#texts.set(chat, this.text(chat, stored));
    this.#changed(chat);
  }

  /** Stores everything that is not stored yet; done when the core has it, or has said why not. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    const saved = [...this.#unsaved].map((chat) => this.#store(chat));
    this.#unsaved.clear();
    await Promise.all(saved);
  }

  /** Nobody types here now: what the core has is what counts, until somebody does again. */
  async letGo(): Promise<void> {
    await this.save();
    await Promise.all(this.#saving.values());
    if (document.hasFocus()) return;
    for (const chat of this.#texts.keys()) {
      if (this.#unsaved.has(chat)) continue;
      this.#texts.delete(chat);
      this.#replies.delete(chat);
    }
  }

  async #store(chat: string): Promise<void> {
    const draft = { chat, text: this.#texts.get(chat) ?? '', reply_to: this.#replies.get(chat) ?? null };
    const saving = this.#account.call('save_draft', draft).catch((error: unknown) => {
      // It stays what it is here, and is tried again with what is typed next.
      this.#unsaved.add(chat);
      this.#account.own(toasts).error(error);
    });
    this.#saving.set(chat, saving);
    await saving;
    if (this.#saving.get(chat) === saving) this.#saving.delete(chat);
  }

  #changed(chat: string): void {
    this.#unsaved.add(chat);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), PAUSE);
  }
}

export const drafts = perAccount((account) => new Drafts(account));
