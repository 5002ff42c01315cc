// Whether the reminder of the recovery words was put away. It comes back with the next start, not with a lock: the page
// is loaded anew then, its session storage stays.

import { type Account, perAccount } from '../core-state/account.svelte';

class Reminder {
  away = $state(false);
  #key: string;

  constructor(account: Account) {
    this.#key = `beseda.reminder.${account.id}`;
    this.away = readAway(this.#key);
  }

  dismiss(): void {
    this.away = true;
    try {
      sessionStorage.setItem(this.#key, 'away');
    } catch {
      // Without storage it comes back sooner.
    }
  }
}

function readAway(key: string): boolean {
  try {
    return sessionStorage.getItem(key) === 'away';
  } catch {
    return false;
  }
}

export const reminder = perAccount((account) => new Reminder(account));
