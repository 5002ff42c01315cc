// How far an account is open: fresh, locked, broken or ready.

import { toApiError } from '../host';
import type { CreateAccount } from '../generated/CreateAccount';
import type { KeyChoice } from '../generated/KeyChoice';
import type { Me } from '../generated/Me';
import type { Recover } from '../generated/Recover';
import type { Restore } from '../generated/Restore';
import type { Start } from '../generated/Start';
import { type Account, perAccount } from './account.svelte';
import { chats } from './chats.svelte';
import { settings } from './settings.svelte';
import { sync } from './sync.svelte';
import { totals } from './totals.svelte';

class Session {
  /** Undefined until the core has answered. */
  start = $state.raw<Start>();
  /** The chat list is there too: the first screen can be shown whole. */
  settled = $state(false);
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  async begin(): Promise<void> {
    try {
      const start = await this.#account.call('start', {});
      if (start.state === 'ready') await this.#enter(start.version, start.me);
      else this.start = start;
      this.settled = true;
    } catch (error) {
      this.fail(error);
    }
  }

  /** It cannot be opened, and this is why. */
  fail(error: unknown): void {
    this.start = { state: 'broken', version: '', error: toApiError(error) };
    this.settled = true;
  }

  /** The core is closing it; it can begin again. */
  forget(): void {
    this.start = undefined;
    this.settled = false;
  }

  /** The person calls themselves something else. */
  rename(name: string): void {
    if (this.start?.state === 'ready' && this.start.me.name !== name) this.start = { ...this.start, me: { ...this.start.me, name } };
  }

  /** Rejects with an `ApiError` the form shows. */
  async createAccount(account: CreateAccount): Promise<void> {
    await this.#enter(this.start?.version ?? '', await this.#account.call('create_account', account));
  }

  /** Waits until an existing device has taken the code. Rejects with an `ApiError` the form shows. */
  async finishLinking(key: KeyChoice): Promise<void> {
    await this.#enter(this.start?.version ?? '', await this.#account.call('finish_linking', { key }));
  }

  /** Rejects with an `ApiError` the form shows. */
  async recover(recover: Recover): Promise<void> {
    await this.#enter(this.start?.version ?? '', await this.#account.call('recover', recover));
  }

  /** Rejects with an `ApiError` the form shows. */
  async restore(restore: Restore): Promise<void> {
    await this.#enter(this.start?.version ?? '', await this.#account.call('restore', restore));
  }

  /** Rejects with an `ApiError` the form shows. */
  async unlock(passphrase: string): Promise<void> {
    await this.#enter(this.start?.version ?? '', await this.#account.call('unlock', { passphrase }));
  }

  async #enter(version: string, me: Me): Promise<void> {
    try {
      // What settings decide is on the first screen too: nothing on it moves afterwards.
      await Promise.all([chats, sync, totals, settings].map((part) => this.#account.own<{ load: () => Promise<void> }>(part).load()));
    } catch (error) {
      this.start = { state: 'broken', version, error: toApiError(error) };
      return;
    }
    this.start = { state: 'ready', version, me };
  }
}

export const session = perAccount((account) => new Session(account));
