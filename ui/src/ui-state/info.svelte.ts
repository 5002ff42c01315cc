// What is known of the chat on screen: beside it where there is room, and open until it is closed, else over it as a dialog.

import { perAccount, type Account } from '../core-state/account.svelte';
import { type InfoTab, dialogs } from './dialogs.svelte';
import { room } from './room.svelte';
import { selection } from './selection.svelte';
import { read, write } from './stored';

const STORED = 'beseda.info';

class Info {
  /** Beside the chat, where there is room. */
  open = $state(read(STORED) === 'open');
  tab = $state<InfoTab>('members');
  /** Moves when the panel should take the focus. */
  asked = $state(0);
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Whether there is room for it beside what is on screen. */
  get fits(): boolean {
    return this.#account.own(selection).split ? room.three : room.two;
  }

  show(chat: string, tab: InfoTab): void {
    const selected = this.#account.own(selection);
    if (!this.fits) return dialogs.show({ kind: 'info', chat, tab });
    if (selected.chat !== chat) selected.select(chat);
    this.tab = tab;
    this.asked += 1;
    this.#keep(true);
  }

  /** What its button does: it also closes it again. */
  toggle(chat: string): void {
    if (this.fits && this.open && this.#account.own(selection).chat === chat) this.close();
    else this.show(chat, 'members');
  }

  close(): void {
    this.#keep(false);
  }

  #keep(open: boolean): void {
    this.open = open;
    write(STORED, open ? 'open' : undefined);
  }
}

export const info = perAccount((account) => new Info(account));
