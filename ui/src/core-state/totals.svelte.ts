// What is unread in all chats of an account together, as the core counts it.

import type { Totals as Count } from '../generated/Totals';
import { type Account, perAccount } from './account.svelte';

class Totals {
  count = $state.raw<Count>({ unread: 0, mentions: 0 });
  #account: Account;
  #told = false;

  constructor(account: Account) {
    this.#account = account;
  }

  async load(): Promise<void> {
    const count = await this.#account.call('totals', {});
    // An event that came while we asked is newer than the answer.
    if (!this.#told) this.count = count;
  }

  put(count: Count): void {
    this.#told = true;
    this.count = count;
  }
}

export const totals = perAccount((account) => new Totals(account));
