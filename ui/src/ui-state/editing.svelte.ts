// Which message of which chat is being rewritten. One at a time a chat; what was typed before waits as the draft.

import { SvelteMap } from 'svelte/reactivity';

import { type Account, perAccount } from '../core-state/account.svelte';
import type { MessageSource } from '../generated/MessageSource';
import { toasts } from './toasts.svelte';

export interface Edit extends MessageSource {
  message: string;
  /** Before anything was changed. */
  original: string;
}

class Editing {
  #edits = new SvelteMap<string, Edit>();
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  of(chat: string): Edit | undefined {
    return this.#edits.get(chat);
  }

  async begin(chat: string, message: string): Promise<void> {
    try {
      const source = await this.#account.call('message_source', { message });
      this.#edits.set(chat, { message, original: source.text, ...source });
    } catch (error) {
      this.#account.own(toasts).error(error);
    }
  }

  /** What is being made of it: it survives a look into another chat. */
  type(chat: string, text: string): void {
    const edit = this.#edits.get(chat);
    if (edit) this.#edits.set(chat, { ...edit, text });
  }

  end(chat: string): void {
    this.#edits.delete(chat);
  }
}

export const editing = perAccount((account) => new Editing(account));
