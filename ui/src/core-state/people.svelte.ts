// Of whom something else is known than before: whoever shows them looks again.

import { SvelteMap } from 'svelte/reactivity';

import { type Account, perAccount } from './account.svelte';
import { members } from './members.svelte';
import { pictures } from './pictures.svelte';

class People {
  /** Rises with every change, whosever. */
  changes = $state(0);
  #account: Account;
  #versions = new SvelteMap<string, number>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Rises whenever something else is known of the person. */
  version(user: string): number {
    return this.#versions.get(user) ?? 0;
  }

  changed(user: string): void {
    this.#versions.set(user, this.version(user) + 1);
    this.changes += 1;
    this.#account.own(members).forget();
    this.#account.own(pictures).changed(user);
  }
}

export const people = perAccount((account) => new People(account));
