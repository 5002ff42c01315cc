// Locking the app: at once, or when nobody has touched it for a while. Only a passphrase locks: whatever else keeps the
// key would open it again by itself.

import { type Account, here } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { session } from '../core-state/session.svelte';
import { settings } from '../core-state/settings.svelte';
import { call, chatApart, reloadPage } from '../host';
import { deletions } from './deletions.svelte';
import { dialogs } from './dialogs.svelte';
import { drafts } from './drafts.svelte';
import { read, write } from './stored';
import { toasts } from './toasts.svelte';

/** Minutes without a touch after which the app locks itself; 0 is never. */
export const IDLE_MINUTES = [0, 1, 5, 15, 60] as const;
export type IdleMinutes = (typeof IDLE_MINUTES)[number];

const MINUTE = 60_000;
/** Milliseconds between two looks at the clock: a machine that slept has made no timer ring. */
const LOOK = 5000;
/** When somebody last touched any window, for all of them. */
const TOUCHED = 'beseda.touched';
const TOUCHES = ['pointerdown', 'pointermove', 'wheel', 'keydown'] as const;

class Locking {
  minutes = $state<IdleMinutes>(0);
  /** Profiles of one person on one computer share the storage of the window. */
  #storage: string | undefined;
  #locking = false;
  #look: () => void = () => {};
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Watches this user's window until what it answers is called. */
  watch(user: string): () => void {
    this.#storage = `beseda.lock.${user}`;
    this.minutes = parse(read(this.#storage));
    let touched = Date.now();
    let told = 0;
    const touch = () => {
      touched = Date.now();
      if (Math.abs(touched - told) < LOOK) return;
      told = touched;
      write(TOUCHED, String(told));
    };
    for (const kind of TOUCHES) window.addEventListener(kind, touch, { capture: true, passive: true });
    this.#look = () => {
      if (Date.now() - Math.max(touched, touchedElsewhere()) < this.minutes * MINUTE) return;
      if (settings.value?.key === 'passphrase' && session.start?.state === 'ready') void this.lock();
    };
    this.#lookAgain();
    return () => {
      clearInterval(this.#timer);
      for (const kind of TOUCHES) window.removeEventListener(kind, touch, { capture: true });
    };
  }

  choose(minutes: IdleMinutes): void {
    this.minutes = minutes;
    if (this.#storage !== undefined) write(this.#storage, minutes === 0 ? undefined : String(minutes));
    this.#lookAgain();
  }

  /** Not where nobody asked for it: a window that nobody touches does nothing. One window decides for all. */
  #lookAgain(): void {
    clearInterval(this.#timer);
    if (this.minutes !== 0 && !chatApart()) this.#timer = setInterval(this.#look, LOOK);
  }

  /** Everything on screen goes at once; the page is loaded anew, so that nothing of the chats stays in it. */
  async lock(): Promise<void> {
    if (this.#locking) return;
    // One may have been set in another window.
    if (settings.value?.key !== 'passphrase') await settings.load().catch(() => undefined);
    if (settings.value?.key !== 'passphrase') return toasts.say('lock-no-passphrase');
    this.#locking = true;
    dialogs.close();
    const stored = Promise.all([drafts.save(), deletions.commit()]);
    session.forget();
    try {
      await stored;
      // Every account that a passphrase can lock, whichever is on screen.
      const others = accounts.all.filter((account) => account !== here());
      await Promise.all(others.map((account) => account.call('lock', {}).catch(() => undefined)));
      await call('lock', {});
      reloadPage();
    } catch (error) {
      await session.begin();
      toasts.error(error);
    } finally {
      this.#locking = false;
    }
  }

  /** Another window has locked an account. Nothing of it stays in this one either. */
  heard(account: Account): void {
    if (this.#locking || account.own(session).start?.state !== 'ready') return;
    if (account === here()) dialogs.close();
    account.own(session).forget();
    reloadPage();
  }
}

/** In the future, where the clock was set back: that is no touch. */
function touchedElsewhere(): number {
  const at = Number(read(TOUCHED) ?? 0);
  return at <= Date.now() ? at : 0;
}

function parse(stored: string | null): IdleMinutes {
  return IDLE_MINUTES.find((minutes) => String(minutes) === stored) ?? 0;
}

export const locking = new Locking();
