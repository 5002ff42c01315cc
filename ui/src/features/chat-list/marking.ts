// Marking a chat read or unread from the list, without looking into it.

import { here } from '../../core-state/account.svelte';
import { toasts } from '../../ui-state/toasts.svelte';

/** Reads up to the newest message; the list itself does not know which that is. */
export async function markRead(chat: string): Promise<void> {
  // To the end, whichever account is on screen by then: what is opened is closed.
  const account = here();
  const { call } = account;
  try {
    const { timeline, items } = await call('open_timeline', { chat, at: { at: 'end' } });
    await call('close_timeline', { timeline });
    const newest = items.findLast((item) => item.type === 'message');
    if (newest) await call('mark_read', { chat, message: newest.id });
  } catch (error) {
    account.own(toasts).error(error);
  }
}

export async function markUnread(chat: string): Promise<void> {
  try {
    await here().call('mark_unread', { chat });
  } catch (error) {
    toasts.error(error);
  }
}
