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

/** A letter that is typed outside of any field. A blank is not one: it scrolls and presses. */
export function types(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1 || event.key === ' ') return false;
  const target = event.target as HTMLElement | null;
  return !target?.closest('input, textarea, [role="dialog"], [role="menu"]');
}

/** Key of the sentence that says why nothing can be written; undefined where one can write. `deviceRemoved`: it is this device that is put out. */
export function closedBecause(chat: Pick<ChatRow, 'may_write' | 'may_answer' | 'status' | 'kind' | 'leaving'>, answers: boolean, deviceRemoved = false): string | undefined {
  if (chat.leaving !== 'no') return `closed-${chat.leaving === 'left' ? 'left' : 'leaving'}`;
  if (chat.status === 'removed' && deviceRemoved) return 'closed-device';
  if (chat.status !== 'active') return `closed-${chat.status}`;
  if (chat.may_write || (answers && chat.may_answer)) return undefined;
  if (chat.may_answer) return 'closed-comments';
  return chat.kind === 'blog' ? 'closed-blog' : 'closed-other';
}

interface Open<T> {
  options: readonly T[];
  active: number;
  step(by: 1 | -1): void;
  close(): void;
}

/** The keys of an open completion; says whether it took the key. */
export function completionKey<T>(event: KeyboardEvent, open: Open<T>, pick: (option: T) => void): boolean {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.key === 'ArrowDown') open.step(1);
  else if (event.key === 'ArrowUp') open.step(-1);
  else if (event.key === 'Escape') open.close();
  else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') {
    const option = open.options[open.active];
    if (option === undefined) return false;
    pick(option);
  } else return false;
  event.preventDefault();
  return true;
}
