// Where a person wants to be taken: a message, a day, the end of a chat, back to where they were. The open timeline takes
// the wish and goes.

import { type Account, perAccount } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import type { TimelineAt } from '../generated/TimelineAt';
import { chatApart } from '../host';
import { selection } from './selection.svelte';
import { toasts } from './toasts.svelte';
import { visits } from './visits.svelte';

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
    const visited = this.#account.own(visits);
    if (from !== undefined) visited.leaveFrom(chat, from);
    visited.note({ chat, message });
    this.#go({ chat, at: { at: 'message', message }, from });
  }

  /** `date` is `YYYY-MM-DD`. */
  date(chat: string, date: string): void {
    this.#go({ chat, at: { at: 'date', date }, from: undefined });
  }

  end(chat: string): void {
    this.#go({ chat, at: { at: 'end' }, from: undefined });
  }

  /** The next message that names this person. */
  async mention(chat: string): Promise<void> {
    try {
      const { message } = await this.#account.call('next_mention', { chat, after: null });
      if (message !== null) this.message(chat, message);
    } catch (error) {
      this.#account.own(toasts).error(error);
    }
  }

  canTravel(by: 1 | -1): boolean {
    return this.#account.own(visits).ahead(by, this.#account.own(selection).chat, this.#has) !== undefined;
  }

  /** Back to where one was, or forward again. */
  travel(by: 1 | -1): void {
    const selected = this.#account.own(selection);
    const visit = this.#account.own(visits).step(by, selected.chat, this.#has);
    if (!visit) return;
    if (visit.message !== undefined) this.#go({ chat: visit.chat, at: { at: 'message', message: visit.message }, from: undefined });
    else if (selected.chat === visit.chat) this.end(visit.chat);
    else selected.select(visit.chat);
  }

  /** The wish for this chat, once. */
  take(chat: string): Wish | undefined {
    if (this.wish?.chat !== chat) return undefined;
    const wish = this.wish;
    this.wish = undefined;
    return wish;
  }

  #has = (chat: string): boolean => this.#account.own(chats).has(chat);

  #go(wish: Wish): void {
    const selected = this.#account.own(selection);
    if (chatApart() && selected.chat !== wish.chat) {
      return selected.elsewhere({ chat: wish.chat, message: wish.at.at === 'message' ? wish.at.message : null });
    }
    this.wish = wish;
    if (selected.chat !== wish.chat) selected.select(wish.chat);
  }
}

export const places = perAccount((account) => new Places(account));
