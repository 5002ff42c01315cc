// Which account the window shows, how it goes to another one, and how accounts come and go.

import { flushSync } from 'svelte';

import { type Account, here, putOnScreen } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { session } from '../core-state/session.svelte';
import type { AccountId } from '../generated/AccountId';
import { callWindow, chatApart, closeChatWindow } from '../host';
import { deletions } from './deletions.svelte';
import { dialogs } from './dialogs.svelte';
import { drafts } from './drafts.svelte';
import { messageMenu } from './message-menu.svelte';

/** Milliseconds by which the account on screen opens before the others; should it hang, they do not wait for it. */
const HEAD_START = 1000;

class Stage {
  /** False for the moment between two accounts, in which nothing of either is on screen. */
  up = $state(true);
  /** The account that was on screen before. */
  #before: Account | undefined;

  /** Opens the account that was on screen last, then the others. */
  async begin(): Promise<void> {
    const first = accounts.all.find((account) => account.id === accounts.shown) ?? accounts.all[0];
    if (!first) return;
    const nobody = here();
    this.show(first);
    nobody.end();
    const opening = open(first);
    await Promise.race([opening, new Promise((done) => setTimeout(done, HEAD_START))]);
    await Promise.all([opening, ...accounts.all.filter((account) => account !== first).map(open)]);
  }

  /** Opens the account of a window that shows one of its chats alone. */
  async beginApart(id: AccountId): Promise<void> {
    const account = accounts.get(id);
    const nobody = here();
    if (!account || account === nobody) return closeChatWindow();
    this.#between(() => putOnScreen(account));
    nobody.end();
    await account.own(session).begin();
  }

  /** Between two frames: no frame shows anything of two accounts, or of the one before. */
  show(account: Account): void {
    // A window of one chat has one account.
    if (account === here() || chatApart()) return;
    this.#before = here();
    this.#between(() => putOnScreen(account));
    // Not in the storage of the page: a window that closes at once would not have it. Another start is all that fails.
    callWindow('show_account', { account: account.id }).catch(() => undefined);
  }

  /** The one at this place of the switcher, from 0. */
  showNth(index: number): void {
    const account = accounts.all[index];
    if (account) this.show(account);
  }

  /** Rejects with an `ApiError`, as what follows. */
  async add(): Promise<void> {
    const account = await accounts.add(null);
    this.show(account);
    if (!account.own(session).start) await open(account);
  }

  /** In place of the fresh one that is on screen. */
  async bringBack(kept: AccountId): Promise<void> {
    const fresh = here();
    const account = await accounts.add(kept);
    this.show(account);
    await Promise.all([open(account), accounts.remove(fresh, false)]);
  }

  async remove(account: Account, erase: boolean): Promise<void> {
    if (erase) account.own(deletions).drop();
    else await Promise.all([account.own(drafts).save(), account.own(deletions).commit()]);
    const at = accounts.all.indexOf(account);
    try {
      await accounts.remove(account, erase);
    } catch (error) {
      // The core has closed it by now.
      account.own(session).forget();
      void open(account);
      throw error;
    }
    if (here() !== account) return;
    const beside = accounts.all[Math.min(at, accounts.all.length - 1)];
    const next = accounts.all.find((one) => one === this.#before) ?? beside;
    if (!next) return;
    this.show(next);
    if (!next.own(session).start) await open(next);
  }

  #between(change: () => void): void {
    dialogs.close();
    messageMenu.close(false);
    // Screens say goodbye to the account they are of while it is still the one on screen.
    flushSync(() => (this.up = false));
    change();
    flushSync(() => (this.up = true));
  }
}

async function open(account: Account): Promise<void> {
  const own = account.own(session);
  await own.begin();
  if (own.start?.state === 'ready') account.own(deletions).resume(own.start.me.user);
}

export const stage = new Stage();
