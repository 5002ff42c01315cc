// To where a person wants to be from outside the window: they pressed a notification.

import type { Account } from '../core-state/account.svelte';
import { session } from '../core-state/session.svelte';
import type { OpenAt } from '../generated/OpenAt';
import { dialogs } from './dialogs.svelte';
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
