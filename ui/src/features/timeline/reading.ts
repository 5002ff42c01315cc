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

/** What a screen reader says of a change: the message that has come at the end, if another person sent it. */
export function newsIn(from: readonly TimelineItem[], to: readonly TimelineItem[]): string | undefined {
  const last = to.at(-1);
  if (from.length === 0 || last?.type !== 'message' || last.mine || last.key === from.at(-1)?.key) return undefined;
  return `${last.author_name}: ${last.text.slice(0, 200)}`;
}
