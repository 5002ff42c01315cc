// Where a link leads: into this app, or out to the person's browser.

import { type Account, here } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { session } from '../core-state/session.svelte';
import { openLink, toApiError } from '../host';
import { dialogs } from './dialogs.svelte';
import { places } from './places.svelte';
import { stage } from './stage.svelte';
import { toasts } from './toasts.svelte';

/** `plain`: the person has read the whole address. Else they are shown it before they go there. */
export function followLink(url: string, plain = false): void {
  if (url.startsWith('beseda:join/')) dialogs.show({ kind: 'join', link: url });
  else if (url.startsWith('beseda:')) void toMessage(url);
  else if (plain) goOutside(url);
  else dialogs.show({ kind: 'open-link', url });
}

export function goOutside(url: string): void {
  openLink(url).catch((error: unknown) => toasts.error(error));
}

/** The chat of the message may be in another account than the one on screen. */
async function toMessage(link: string): Promise<void> {
  const asked = here();
  const open = accounts.all.filter((account) => account !== asked && account.own(session).start?.state === 'ready');
  let failure: unknown;
  for (const account of [asked, ...open]) {
    try {
      await show(account, link);
      return;
    } catch (error) {
      failure ??= error;
    }
  }
  if (here() !== asked) return;
  if (toApiError(failure).code === 'no_such_message') toasts.say('message-absent');
  else toasts.error(failure);
}

async function show(account: Account, link: string): Promise<void> {
  const { chat, message } = await account.call('open_link', { link });
  stage.show(account);
  account.own(places).message(chat, message);
}
