// What holds for this profile: its switches, where its key is, whether the recovery words are on paper.

import type { Settings } from '../generated/Settings';
import { type Account, perAccount } from './account.svelte';

class ProfileSettings {
  /** Undefined until the core has answered. */
  value = $state.raw<Settings>();
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Rejects with an `ApiError`. */
  async load(): Promise<void> {
    this.value = await this.#account.call('settings', {});
  }
}

export const settings = perAccount((account) => new ProfileSettings(account));
