// Who is in a chat, kept once it was asked for; asked again when their number changes.

import type { MemberRow } from '../generated/MemberRow';
import { type Account, perAccount } from './account.svelte';

interface Kept {
  count: number;
  rows: Promise<MemberRow[]>;
}

class Members {
  #account: Account;
  #kept = new Map<string, Kept>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Names and what else is shown of people may be others now. */
  forget(): void {
    this.#kept.clear();
  }

  of(chat: string, count: number): Promise<MemberRow[]> {
    const known = this.#kept.get(chat);
    if (known?.count === count) return known.rows;
    const rows = this.#account.call('members', { chat }).then((answer) => answer.members);
    this.#kept.set(chat, { count, rows });
    // What failed is asked for again.
    rows.catch(() => this.#kept.delete(chat));
    return rows;
  }
}

export const members = perAccount((account) => new Members(account));

/** `count`: how many members the row of the chat says there are. Rejects with an `ApiError`. */
export function membersOf(chat: string, count: number): Promise<MemberRow[]> {
  return members.of(chat, count);
}
