// The chat list, as the core tells it. Never changed by a screen.

import type { ChatRow } from '../generated/ChatRow';
import { type Account, perAccount } from './account.svelte';

class Chats {
  #account: Account;
  /** Pinned ones first, then newest activity; a new array for each change. */
  rows = $state.raw<ChatRow[]>([]);
  loaded = $state(false);

  #byId = new Map<string, ChatRow>();
  /** Told by events while the list itself was on its way: newer than what the list says. */
  #touched: Set<string> | undefined;
  /** Ids that stood for a chat until it got its own; an answer that was overtaken must not bring them back. */
  #gone = new Set<string>();

  constructor(account: Account) {
    this.#account = account;
  }

  async load(): Promise<void> {
    const touched = new Set<string>();
    this.#touched = touched;
    const { chats } = await this.#account.call('chats', {});
    for (const row of chats) if (!touched.has(row.id)) this.#byId.set(row.id, row);
    this.#touched = undefined;
    this.loaded = true;
    this.publish();
  }

  /** The row of a chat; follows changes when read in a reactive place. */
  get(id: string | undefined): ChatRow | undefined {
    return id === undefined ? undefined : this.rows.find((row) => row.id === id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  put(row: ChatRow): void {
    this.#touched?.add(row.id);
    this.#gone.delete(row.id);
    this.#byId.set(row.id, row);
  }

  /** A row that a command answered; events may have told more by then. */
  offer(row: ChatRow): void {
    if (!this.has(row.id) && !this.#gone.has(row.id)) this.put(row);
  }

  remove(id: string): void {
    this.#touched?.add(id);
    this.#gone.add(id);
    this.#byId.delete(id);
  }

  /** Shows what `put` and `remove` have changed. */
  publish(): void {
    this.rows = [...this.#byId.values()].toSorted((a, b) => b.pinned - a.pinned || b.activity - a.activity || (a.id < b.id ? -1 : 1));
  }
}

export const chats = perAccount((account) => new Chats(account));
