import { describe, expect, it } from 'vitest';

import type { TimelineItem } from '../generated/TimelineItem';
import type { TimelineOp } from '../generated/TimelineOp';
import { applyOps } from './ops';

const day = (key: string): TimelineItem => ({ type: 'day', key, date: '2026-11-22' });
const keys = (items: readonly TimelineItem[]) => items.map((item) => item.key).join('');

describe('applyOps', () => {
  it('applies one step after the other', () => {
    const ops: TimelineOp[] = [
      { op: 'insert', index: 0, item: day('a') },
      { op: 'insert', index: 1, item: day('c') },
      { op: 'insert', index: 1, item: day('b') },
      { op: 'set', index: 2, item: day('d') },
      { op: 'remove', index: 0 },
    ];
    expect(keys(applyOps([], ops))).toBe('bd');
  });

  it('puts an older page in front, in its order', () => {
    const ops = ['a', 'b', 'c'].map((key, index): TimelineOp => ({ op: 'insert', index, item: day(key) }));
    expect(keys(applyOps([day('d'), day('e')], ops))).toBe('abcde');
  });

  it('starts anew at a reset and does not keep the array it was given', () => {
    const items = [day('x')];
    const list = applyOps([day('a')], [{ op: 'reset', items }, { op: 'insert', index: 1, item: day('y') }]);
    expect(keys(list)).toBe('xy');
    expect(keys(items)).toBe('x');
  });

  it.each<TimelineOp>([
    { op: 'insert', index: 3, item: day('z') },
    { op: 'set', index: 2, item: day('z') },
    { op: 'remove', index: 2 },
  ])('refuses a step that does not fit: $op', (op) => {
    expect(() => applyOps([day('a'), day('b')], [op])).toThrow(RangeError);
  });

  it('equals the plain way of doing it, for any steps', () => {
    let seed = 7;
    const random = (below: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below;
    for (let round = 0; round < 200; round += 1) {
      const plain: TimelineItem[] = [];
      const ops: TimelineOp[] = [];
      for (let i = 0; i < 60; i += 1) {
        const item = day(String.fromCharCode(97 + random(26)));
        const kind = plain.length === 0 ? 0 : random(5);
        if (kind <= 2) {
          const last = ops.at(-1);
          const next = last?.op === 'insert' && random(2) === 0 ? last.index + 1 : random(plain.length + 1);
          const index = Math.min(next, plain.length);
          plain.splice(index, 0, item);
          ops.push({ op: 'insert', index, item });
        } else if (kind === 3) {
          const index = random(plain.length);
          plain[index] = item;
          ops.push({ op: 'set', index, item });
        } else {
          const index = random(plain.length);
          plain.splice(index, 1);
          ops.push({ op: 'remove', index });
        }
      }
      expect(keys(applyOps([], ops))).toBe(keys(plain));
    }
  });
});
