// When a key sends, and why a chat may be closed to writing. Pure.

import type { ChatRow } from '../../generated/ChatRow';

/** Longest text of one message, in bytes of UTF-8; the protocol's limit. */
export const TEXT_LIMIT = 64 * 1024;

const encoder = new TextEncoder();

export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey' | 'isComposing' | 'keyCode'>;

/** Enter alone sends. While an input method composes (229 where the flag is already gone) Enter picks a word. */
export function sends(event: Key): boolean {
  if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return false;
  return !event.shiftKey && !event.altKey && !event.metaKey;
}

/** Key of the sentence that says why nothing can be written; undefined where one can write. */
export function closedBecause(chat: Pick<ChatRow, 'may_write' | 'status' | 'kind'>): string | undefined {
  if (chat.status !== 'active') return `closed-${chat.status}`;
  if (chat.may_write) return undefined;
  return chat.kind === 'blog' ? 'closed-blog' : 'closed-other';
}
