// Leaving a window that shows one chat alone.

import type { Account } from '../core-state/account.svelte';
import { closeChatWindow } from '../host';
import { deletions } from './deletions.svelte';
import { drafts } from './drafts.svelte';
import { toasts } from './toasts.svelte';

/** What was typed is stored, and nothing can be taken back any more: then the window closes. */
export async function leaveApart(account: Account): Promise<void> {
  try {
    await Promise.all([account.own(drafts).save(), account.own(deletions).commit()]);
    await closeChatWindow();
  } catch (error) {
    account.own(toasts).error(error);
  }
}
