// Which chat is on screen.

import { type Account, perAccount } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import type { ChatRow } from '../generated/ChatRow';
import { attention } from './attention.svelte';
import { counted, folders } from './folders.svelte';
import { visits } from './visits.svelte';

class Selection {
  chat = $state<string | undefined>();
  /** The chat that was asked for is gone from the list: the next new one is the same chat under its own id. */
  #follow = false;
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  select(id: string | undefined): void {
    this.chat = id;
    this.#follow = false;
    this.#account.own(folders).keep(id);
    if (id !== undefined) this.#account.own(visits).note({ chat: id });
  }

  /** The chat `by` places below the selected one; at an end it stays. */
  step(by: 1 | -1): void {
    const { rows } = this.#account.own(folders);
    const at = rows.findIndex((row) => row.id === this.chat);
    const next = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
    if (next) this.select(next.id);
  }

  get hasUnread(): boolean {
    return this.#unread.length > 0;
  }

  /** The nearest chat `by` that side of the selected one that has something unread; after the last comes the first. */
  stepUnread(by: 1 | -1): void {
    const { rows } = this.#account.own(folders);
    const at = rows.findIndex((row) => row.id === this.chat);
    const waiting = this.#unread;
    const next = by > 0 ? (waiting.find((row) => rows.indexOf(row) > at) ?? waiting[0]) : (waiting.findLast((row) => at < 0 || rows.indexOf(row) < at) ?? waiting.at(-1));
    if (next) this.select(next.id);
  }

  /** Of what the list shows; muted ones only where somebody names this person there. */
  get #unread(): ChatRow[] {
    return this.#account.own(folders).rows.filter((row) => row.id !== this.chat && counted(row, attention.now) > 0);
  }

  moved(came: readonly string[], went: readonly string[]): void {
    const gone = this.chat !== undefined && went.includes(this.chat);
    const heir = came.find((id) => this.#account.own(chats).has(id));
    if (gone || this.#follow) {
      if (heir !== undefined) this.select(heir);
      else if (gone) {
        this.chat = undefined;
        this.#follow = true;
      }
    }
  }
}

export const selection = perAccount((account) => new Selection(account));
