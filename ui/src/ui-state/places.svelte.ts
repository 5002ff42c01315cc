// Where a person wants to be taken: a message, a day, the end of a chat. The open timeline takes the wish and goes.

import { type Account, perAccount } from '../core-state/account.svelte';
import type { TimelineAt } from '../generated/TimelineAt';
import { selection } from './selection.svelte';

export interface Wish {
  chat: string;
  at: TimelineAt;
  /** The message one comes from, to go back to. */
  from: string | undefined;
}

class Places {
  wish = $state.raw<Wish | undefined>();
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  message(chat: string, message: string, from?: string): void {
    this.#go({ chat, at: { at: 'message', message }, from });
  }

  /** `date` is `YYYY-MM-DD`. */
  date(chat: string, date: string): void {
    this.#go({ chat, at: { at: 'date', date }, from: undefined });
  }

  end(chat: string): void {
    this.#go({ chat, at: { at: 'end' }, from: undefined });
  }

  /** The wish for this chat, once. */
  take(chat: string): Wish | undefined {
    if (this.wish?.chat !== chat) return undefined;
    const wish = this.wish;
    this.wish = undefined;
    return wish;
  }

  #go(wish: Wish): void {
    this.wish = wish;
    const selected = this.#account.own(selection);
    if (selected.chat !== wish.chat) selected.select(wish.chat);
  }
}

export const places = perAccount((account) => new Places(account));
