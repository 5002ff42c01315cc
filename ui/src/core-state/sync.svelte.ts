// Whether the relay is there, and what waits for it.

import type { SyncStatus } from '../generated/SyncStatus';
import { type Account, perAccount } from './account.svelte';

class Sync {
  status = $state.raw<SyncStatus>({ state: 'connecting', waiting: 0, error: null, last_sync: null, removed: false });
  #account: Account;
  #told = false;

  constructor(account: Account) {
    this.#account = account;
  }

  async load(): Promise<void> {
    const status = await this.#account.call('sync_status', {});
    // An event that came while we asked is newer than the answer.
    if (!this.#told) this.status = status;
  }

  put(status: SyncStatus): void {
    this.#told = true;
    this.status = status;
  }
}

export const sync = perAccount((account) => new Sync(account));
