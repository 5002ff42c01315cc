// What counts as read, and what is still below. Pure.

import type { MessageItem } from '../../generated/MessageItem';
import type { TimelineItem } from '../../generated/TimelineItem';

/** The newest message at or above `index`. */
export function messageAt(items: readonly TimelineItem[], index: number): MessageItem | undefined {
  for (let i = Math.min(index, items.length - 1); i >= 0; i -= 1) {
    const item = items[i]!;
    if (item.type === 'message') return item;
  }
  return undefined;
}

/** Index of a key, looked for from the end; -1 when it is not there. */
export function indexOfKey(items: readonly TimelineItem[], key: string | undefined): number {
  return key === undefined ? -1 : items.findLastIndex((item) => item.key === key);
}

/** Other people's messages after the one with `key`; none when it is unknown. */
export function unseenAfter(items: readonly TimelineItem[], key: string | undefined): number {
  let count = 0;
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const item = items[i]!;
    if (item.key === key) return count;
    if (item.type === 'message' && !item.mine) count += 1;
  }
  return 0;
}

/** The first of the newest `unread` messages of others; undefined when it is not loaded. */
export function firstUnread(items: readonly TimelineItem[], unread: number): MessageItem | undefined {
  let left = unread;
  for (let i = items.length - 1; i >= 0 && left > 0; i -= 1) {
    const item = items[i]!;
    if (item.type !== 'message' || item.mine) continue;
    left -= 1;
    if (left === 0) return item;
  }
  return undefined;
}
