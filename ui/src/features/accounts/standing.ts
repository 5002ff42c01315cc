// How an account stands, in the words and signs of the switcher. Follows changes when called in a reactive place.

import type { Account } from '../../core-state/account.svelte';
import { pictures } from '../../core-state/pictures.svelte';
import { session } from '../../core-state/session.svelte';
import { sync } from '../../core-state/sync.svelte';
import { totals } from '../../core-state/totals.svelte';
import { hostOf, isolate, t } from '../../words';

export type State = 'opening' | 'fresh' | 'locked' | 'broken' | 'offline' | 'ready';

export interface Standing {
  state: State;
  /** The person's name; what is known instead of an account that is not open. */
  name: string;
  /** What the face shows: the name, or the place of who is not known. */
  letters: string;
  /** Host of the relay; empty where it is not known. */
  relay: string;
  /** Decides the colour. */
  face: string;
  picture: string | undefined;
  unread: number;
  mentions: number;
}

/** `place`: in the switcher, from 1. Who an account is of is known only when it is open. */
export function standingOf(account: Account, place: number): Standing {
  const start = account.own(session).start;
  if (start?.state !== 'ready') {
    const state = start?.state ?? 'opening';
    const name = state === 'fresh' ? t('account-new') : t('account-number', { number: place });
    const letters = state === 'fresh' ? '' : String(place);
    return { state, name, letters, relay: '', face: account.id, picture: undefined, unread: 0, mentions: 0 };
  }
  const { me } = start;
  const { state, relay } = account.own(sync).status;
  const { unread, mentions } = account.own(totals).count;
  return { state: state === 'offline' ? 'offline' : 'ready', name: me.name, letters: me.name, relay: hostOf(relay || me.relay), face: me.user, picture: account.own(pictures).of(me.user), unread, mentions };
}

/** All of it in one line, for screen readers and for who points at it. */
export function spoken({ state, name, relay, unread, mentions }: Standing): string {
  const parts = [isolate(name), relay];
  if (unread > 0) parts.push(t('unread', { count: unread }));
  if (mentions > 0) parts.push(t('mentions-count', { count: mentions }));
  if (state !== 'ready') parts.push(t(`account-${state}`));
  return parts.filter((part) => part !== '').join(', ');
}
