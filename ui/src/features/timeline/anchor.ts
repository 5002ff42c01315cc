// Holding still what a person reads while the list around it changes. Pure: places in, numbers out.
//
// The virtual list keeps its place by the heights it knows, and jumps where it had guessed one. So the view
// remembers one row and how far it stood below the upper edge, and puts it back there.

import type { TimelineItem } from '../../generated/TimelineItem';

export interface Anchor {
  key: string;
  /** Pixels from the upper edge of the view to the row; negative when the row begins above it. */
  top: number;
}

export interface Placed {
  key: string;
  top: number;
  bottom: number;
}

/** The first row that reaches into the view; dividers come and go with their day, so a message is better. */
export function pickAnchor(rows: readonly Placed[], items: readonly TimelineItem[]): Anchor | undefined {
  const dividers = new Set<string>();
  for (const item of items) if (item.type === 'day' || item.type === 'unread') dividers.add(item.key);
  const inView = rows.filter((row) => row.bottom > 0).toSorted((a, b) => a.top - b.top);
  const chosen = inView.find((row) => !dividers.has(row.key)) ?? inView[0];
  return chosen && { key: chosen.key, top: chosen.top };
}

/** Whether `after` is `before` with a change of length at the start only: older messages, or fewer of them. */
export function changedAtStart(before: readonly TimelineItem[], after: readonly TimelineItem[]): boolean {
  if (before.length === 0 || after.length === 0 || before.length === after.length) return false;
  if (before.at(-1)?.key !== after.at(-1)?.key) return false;
  return firstSaid(before) !== firstSaid(after);
}

function firstSaid(items: readonly TimelineItem[]): string | undefined {
  return items.find((item) => item.type !== 'day' && item.type !== 'unread')?.key;
}

/** Whether the person themself has just said something: then the view goes down to it. */
export function saidByMe(before: readonly TimelineItem[], after: readonly TimelineItem[]): boolean {
  const last = after.at(-1);
  return before.length > 0 && last?.type === 'message' && last.mine && last.key !== before.at(-1)?.key && !before.some((item) => item.key === last.key);
}
