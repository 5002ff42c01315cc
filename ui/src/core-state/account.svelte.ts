// An account of this window, with one of every store for itself. Which one is on screen; and the door through which
// screens reach its stores without knowing that there are others.
//
// Not here: which accounts there are (accounts.svelte.ts), and how the window goes from one to another (ui-state/stage).

import type { AccountId } from '../generated/AccountId';
import { type Call, callAs, callFor } from '../host';

type Make = (account: Account) => object;

/** By what screens import. */
const makes = new Map<object, Make>();
const living = new Set<Account>();

export class Account {
  readonly id: AccountId;
  /** Asks the core of this account, also while another one is on screen. */
  readonly call: Call;
  #stores = new Map<object, object>();
  #ending = new AbortController();

  constructor(id: AccountId) {
    this.id = id;
    this.call = callAs(id);
    living.add(this);
    // At once, not when first asked for: a state that is made while a screen is drawn would not be followed by it.
    for (const [door, make] of makes) this.#stores.set(door, make(this));
  }

  /** This account's own one of a store that screens import. */
  own<T extends object>(door: T): T {
    return this.#stores.get(door) as T;
  }

  /** For `perAccount` only. */
  add(door: object, make: Make): void {
    this.#stores.set(door, make(this));
  }

  /** Over when the account has left the window: what its stores listen to ends with it. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** It has left the window: nothing holds it any more but what is still on its way to it. */
  end(): void {
    living.delete(this);
    this.#ending.abort();
  }
}

/** Until the window knows its accounts, this one is on screen: nothing is in it, and nobody answers its calls. */
let shown = $state.raw(new Account(''));

/** The account on screen. A function that waits for something and then goes on takes it before it waits. */
export function here(): Account {
  return shown;
}

/** Only when nothing of the one before is on screen any more: see ui-state/stage. */
export function putOnScreen(account: Account): void {
  callFor(account.id);
  shown = account;
}

/**
 * A store of which every account has its own. What is returned is the one of the account on screen, whichever that is.
 * Stores themselves reach their account and its other stores by `account`, since it may be off screen.
 */
export function perAccount<T extends object>(make: (account: Account) => T): T {
  const door: T = new Proxy({} as T, {
    get(_, key) {
      const own = shown.own(door);
      const value: unknown = Reflect.get(own, key);
      return typeof value === 'function' ? (value.bind(own) as unknown) : value;
    },
    set: (_, key, value) => Reflect.set(shown.own(door), key, value),
  });
  makes.set(door, make);
  for (const account of living) account.add(door, make);
  return door;
}
