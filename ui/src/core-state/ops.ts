// How the list of a timeline follows the core. Pure; knows no screen.

import type { TimelineItem } from '../generated/TimelineItem';
import type { TimelineOp } from '../generated/TimelineOp';

/**
 * Applies `ops` to `items` in place, in order; returns the array to go on with (a `reset` brings a new one).
 * Throws when an index does not fit: the list has parted from the core's and must be opened again.
 */
export function applyOps(items: TimelineItem[], ops: readonly TimelineOp[]): TimelineItem[] {
  let list = items;
  let i = 0;
  while (i < ops.length) {
    const op = ops[i]!;
    switch (op.op) {
      case 'insert': {
        // A page of older messages is a run of inserts: one splice instead of one for each.
        const run = insertRun(ops, i);
        if (op.index > list.length) throw new RangeError(`insert at ${op.index} of ${list.length}`);
        list.splice(op.index, 0, ...run);
        i += run.length;
        continue;
      }
      case 'set':
        if (op.index >= list.length) throw new RangeError(`set at ${op.index} of ${list.length}`);
        list[op.index] = op.item;
        break;
      case 'remove':
        if (op.index >= list.length) throw new RangeError(`remove at ${op.index} of ${list.length}`);
        list.splice(op.index, 1);
        break;
      case 'reset':
        list = op.items.slice();
        break;
    }
    i += 1;
  }
  return list;
}

/** The items of the inserts from `start` on whose places follow each other. */
function insertRun(ops: readonly TimelineOp[], start: number): TimelineItem[] {
  const run: TimelineItem[] = [];
  const first = ops[start]!;
  if (first.op !== 'insert') return run;
  for (let i = start; i < ops.length && run.length < 5000; i += 1) {
    const op = ops[i]!;
    if (op.op !== 'insert' || op.index !== first.index + run.length) break;
    run.push(op.item);
  }
  return run;
}
