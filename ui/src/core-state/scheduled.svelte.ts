// What waits for its time, of all chats. Loaded when a chat is first opened, and after each change made here.

import type { ScheduledRow } from '../generated/ScheduledRow';
import { type Account, perAccount } from './account.svelte';

class Scheduled {
  rows = $state.raw<ScheduledRow[]>([]);
  #asked = 0;
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  async load(): Promise<void> {
    const asked = (this.#asked += 1);
    const { scheduled } = await this.#account.call('scheduled', { chat: null });
    if (asked === this.#asked) this.rows = scheduled;
  }

  of(chat: string): ScheduledRow[] {
    return this.rows.filter((row) => row.chat === chat).toSorted((a, b) => a.send_at - b.send_at);
  }

  async cancel(id: string): Promise<void> {
    await this.#account.call('unschedule', { id });
    await this.load();
  }

  async sendNow(id: string): Promise<void> {
    await this.#account.call('send_scheduled_now', { id });
    await this.load();
  }
}

export const scheduled = perAccount((account) => new Scheduled(account));
