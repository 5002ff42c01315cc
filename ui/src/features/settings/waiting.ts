// What waits for the relay or for somebody, and why. Pure.

import type { ChatRow } from '../../generated/ChatRow';
import type { SyncStatus } from '../../generated/SyncStatus';

/** For what is to be sent, the ending of the key of the sentence that says why it waits; undefined where nothing does. */
export function whyWaiting(status: SyncStatus): string | undefined {
  if (status.waiting === 0) return undefined;
  if (status.removed) return 'removed';
  if (status.relay === '') return 'alone';
  if (status.error?.code === 'invite_required') return 'invitation';
  return status.state === 'up_to_date' && status.error ? 'trouble' : status.state;
}

export interface Waits {
  chat: ChatRow;
  /** Ending of the key of a sentence. */
  why: 'sending' | 'asking' | 'joining' | 'leaving' | 'aside';
}

/** Chats in which something is not done yet, or was set aside. */
export function waitsOf(chats: readonly ChatRow[]): Waits[] {
  return chats.flatMap((chat): Waits[] => {
    if (chat.refused) return [];
    if (chat.status === 'asking' || chat.status === 'joining') return [{ chat, why: chat.status }];
    if (chat.leaving === 'said') return [{ chat, why: 'leaving' }];
    if (chat.last?.state?.state === 'queued') return [{ chat, why: 'sending' }];
    return chat.quarantined > 0 ? [{ chat, why: 'aside' }] : [];
  });
}
