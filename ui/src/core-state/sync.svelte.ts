// Whether the relay is there, and what waits for it.

import { call } from '../host';
import type { SyncStatus } from '../generated/SyncStatus';

class Sync {
  status = $state.raw<SyncStatus>({ state: 'connecting', waiting: 0, error: null, last_sync: null });
  #told = false;

  async load(): Promise<void> {
    const status = await call('sync_status', {});
    // An event that came while we asked is newer than the answer.
    if (!this.#told) this.status = status;
  }

  put(status: SyncStatus): void {
    this.#told = true;
    this.status = status;
  }
}

export const sync = new Sync();
