// The relays that somebody proposed and the person does not want to go to now. They are asked again when the window is
// loaded anew, and at once about any other relay.

import { perAccount } from '../core-state/account.svelte';

class Proposals {
  #put = $state.raw<readonly string[]>([]);

  /** `relay`: URL. */
  away(relay: string): boolean {
    return this.#put.includes(relay);
  }

  dismiss(relay: string): void {
    this.#put = [...this.#put, relay];
  }
}

export const proposals = perAccount(() => new Proposals());
