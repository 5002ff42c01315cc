// What comes from outside the window: where a person wants to be who pressed a notification, and what has become of an
// account or of the window itself.

import type { Account } from '../core-state/account.svelte';
import { session } from '../core-state/session.svelte';
import type { OpenAt } from '../generated/OpenAt';
import { chatApart, closeChatWindow } from '../host';
import { leaveApart } from './apart';
import { dialogs } from './dialogs.svelte';
import { locking } from './locking.svelte';
import { places } from './places.svelte';
import { selection } from './selection.svelte';
import { stage } from './stage.svelte';

export function goTo(account: Account, at: OpenAt | null): void {
  dialogs.close();
  stage.show(account);
  // One that has been locked meanwhile asks for its passphrase.
  if (!at || account.own(session).start?.state !== 'ready') return;
  if (at.message === null) account.own(selection).select(at.chat);
  else account.own(places).message(at.chat, at.message);
}

export function heed(account: Account, news: 'locked' | 'unlocked' | 'removed' | 'close'): void {
  if (news === 'locked') locking.heard(account);
  else if (news === 'unlocked' && account.own(session).start?.state === 'locked') void account.own(session).begin();
  else if (news === 'close') void leaveApart(account);
  // Nobody answers for it any more: there is nothing to store.
  else if (news === 'removed' && chatApart()) closeChatWindow().catch(() => undefined);
}
