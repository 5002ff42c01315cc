// Locking the app: at once, or when nobody has touched it for a while. Only a passphrase locks: whatever else keeps the
// key would open it again by itself.

import { here } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { session } from '../core-state/session.svelte';
import { settings } from '../core-state/settings.svelte';
import { call, reloadPage } from '../host';
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
const TOUCHES = ['pointerdown', 'pointermove', 'wheel', 'keydown'] as const;

class Locking {
  minutes = $state<IdleMinutes>(0);
  /** Profiles of one person on one computer share the storage of the window. */
  #storage: string | undefined;
  #locking = false;

  /** Watches this user's window until what it answers is called. */
  watch(user: string): () => void {
    this.#storage = `beseda.lock.${user}`;
    this.minutes = parse(read(this.#storage));
    let touched = Date.now();
    const touch = () => (touched = Date.now());
    for (const kind of TOUCHES) window.addEventListener(kind, touch, { capture: true, passive: true });
    const timer = setInterval(() => {
      if (this.minutes === 0 || Date.now() - touched < this.minutes * MINUTE) return;
      if (settings.value?.key === 'passphrase' && session.start?.state === 'ready') void this.lock();
    }, LOOK);
    return () => {
      clearInterval(timer);
      for (const kind of TOUCHES) window.removeEventListener(kind, touch, { capture: true });
    };
  }

  choose(minutes: IdleMinutes): void {
    this.minutes = minutes;
    if (this.#storage !== undefined) write(this.#storage, minutes === 0 ? undefined : String(minutes));
  }

  /** Everything on screen goes at once; the page is loaded anew, so that nothing of the chats stays in it. */
  async lock(): Promise<void> {
    if (this.#locking) return;
    if (settings.value?.key !== 'passphrase') return toasts.say('lock-no-passphrase');
    this.#locking = true;
    dialogs.close();
    const drafted = drafts.save();
    session.forget();
    try {
      await drafted;
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
}

function parse(stored: string | null): IdleMinutes {
  return IDLE_MINUTES.find((minutes) => String(minutes) === stored) ?? 0;
}

export const locking = new Locking();
