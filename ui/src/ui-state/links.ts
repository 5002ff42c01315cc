// Where a link in a text leads: into this app, or out to the person's browser.

import { call, openLink, toApiError } from '../host';
import { dialogs } from './dialogs.svelte';
import { places } from './places.svelte';
import { toasts } from './toasts.svelte';

export function followLink(url: string): void {
  if (url.startsWith('beseda:join/')) dialogs.show({ kind: 'join', link: url });
  else if (url.startsWith('beseda:')) void toMessage(url);
  else openLink(url).catch((error: unknown) => toasts.error(error));
}

async function toMessage(link: string): Promise<void> {
  try {
    const { chat, message } = await call('open_link', { link });
    places.message(chat, message);
  } catch (error) {
    if (toApiError(error).code === 'no_such_message') toasts.say('message-absent');
    else toasts.error(error);
  }
}
