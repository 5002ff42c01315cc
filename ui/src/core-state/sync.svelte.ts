// Whether the relay is there, and what waits for it.

import type { SyncStatus } from '../generated/SyncStatus';
import { type Account, perAccount } from './account.svelte';

class Sync {
  status = $state.raw<SyncStatus>({ state: 'connecting', waiting: 0, error: null, last_sync: null, removed: false, relay: '', refilling: null, proposed: null });
  #account: Account;
  #told = false;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Percent of what the relay has lost that it has again; undefined where it lacks nothing, or is away. */
  get refilled(): number | undefined {
    const { state, refilling } = this.status;
    if (refilling === null || state === 'offline' || state === 'connecting') return undefined;
    return refilling.all > 0 ? Math.floor((100 * Math.min(refilling.done, refilling.all)) / refilling.all) : 0;
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
