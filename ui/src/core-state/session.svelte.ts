// How far the profile is open: fresh, locked, broken or ready.

import { call, toApiError } from '../host';
import type { CreateAccount } from '../generated/CreateAccount';
import type { Me } from '../generated/Me';
import type { Start } from '../generated/Start';
import { chats } from './chats.svelte';
import { sync } from './sync.svelte';

class Session {
  /** Undefined until the core has answered. */
  start = $state.raw<Start>();
  /** The chat list is there too: the first screen can be shown whole. */
  settled = $state(false);

  async begin(): Promise<void> {
    try {
      const start = await call('start', {});
      if (start.state === 'ready') await this.#enter(start.version, start.me);
      else this.start = start;
    } catch (error) {
      this.start = { state: 'broken', version: '', error: toApiError(error) };
    }
    this.settled = true;
  }

  /** Rejects with an `ApiError` the form shows. */
  async createAccount(account: CreateAccount): Promise<void> {
    await this.#enter(this.start?.version ?? '', await call('create_account', account));
  }

  /** Rejects with an `ApiError` the form shows. */
  async unlock(passphrase: string): Promise<void> {
    await this.#enter(this.start?.version ?? '', await call('unlock', { passphrase }));
  }

  async #enter(version: string, me: Me): Promise<void> {
    try {
      await Promise.all([chats.load(), sync.load()]);
    } catch (error) {
      this.start = { state: 'broken', version, error: toApiError(error) };
      return;
    }
    this.start = { state: 'ready', version, me };
  }
}

export const session = new Session();
