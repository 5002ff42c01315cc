// Which accounts are in the window, in the order of the switcher.

import { callWindow } from '../host';
import type { AccountId } from '../generated/AccountId';
import type { KeptAccount } from '../generated/KeptAccount';
import { Account, here } from './account.svelte';

class Accounts {
  all = $state.raw<readonly Account[]>([]);
  /** The one that was on screen when the window closed. */
  shown: AccountId | null = null;

  get(id: AccountId): Account | undefined {
    // Before the list is known, and in tests, the one on screen is all there is.
    return this.all.find((account) => account.id === id) ?? (here().id === id ? here() : undefined);
  }

  /** Rejects with an `ApiError`, as all that follows. */
  async load(): Promise<void> {
    const { accounts: ids, shown } = await callWindow('accounts', {});
    this.#take(ids);
    this.shown = shown;
  }

  /** A place for a new account, or for one that was kept. */
  async add(kept: AccountId | null): Promise<Account> {
    const { account: id } = await callWindow('add_account', { kept });
    if (!this.all.some((account) => account.id === id)) this.all = [...this.all, new Account(id)];
    return this.all.find((account) => account.id === id)!;
  }

  /** Takes an account off the window. It may still be on screen: whoever asks for this sees to that. */
  async remove(account: Account, erase: boolean): Promise<void> {
    this.#take((await callWindow('remove_account', { account: account.id, erase })).accounts);
  }

  async kept(): Promise<KeptAccount[]> {
    return (await callWindow('kept_accounts', {})).kept;
  }

  #take(ids: readonly AccountId[]): void {
    for (const account of this.all) if (!ids.includes(account.id)) account.end();
    this.all = ids.map((id) => this.all.find((account) => account.id === id) ?? new Account(id));
  }
}

export const accounts = new Accounts();
