import { describe, expect, it } from 'vitest';

import type { TimelineItem } from '../../generated/TimelineItem';
import { message } from '../../test-host';
import { changedAtStart, pickAnchor, saidByMe } from './anchor';
import { indexOfKey, messageAt, unseenAfter } from './reading';

const day = (key: string): TimelineItem => ({ type: 'day', key, date: '2026-11-22' });
const mine = (key: string) => message(key, { mine: true });
const list = [day('d'), message('a'), mine('b'), message('c'), message('e'), day('f'), mine('g')];

describe('what is read', () => {
  it('is the newest message at or above a place', () => {
    expect(messageAt(list, 5)?.key).toBe('e');
    expect(messageAt(list, 99)?.key).toBe('g');
    expect(messageAt(list, 0)).toBeUndefined();
  });

  it('leaves the other people’s messages below it', () => {
    expect(unseenAfter(list, 'a')).toBe(2);
    expect(unseenAfter(list, 'g')).toBe(0);
    expect(unseenAfter(list, 'unknown')).toBe(0);
  });

  it('is found by key from the end', () => {
    expect(indexOfKey(list, 'c')).toBe(3);
    expect(indexOfKey(list, undefined)).toBe(-1);
  });
});

describe('a change of the list', () => {
  it('at the start is told from one at the end', () => {
    const older = [day('d'), message('x'), ...list.slice(1)];
    expect(changedAtStart(list, older)).toBe(true);
    expect(changedAtStart(older, list)).toBe(true);
    expect(changedAtStart(list, [...list, message('n')])).toBe(false);
    expect(changedAtStart(list, list.with(1, message('a', { text: 'new' })))).toBe(false);
    expect(changedAtStart([], list)).toBe(false);
    expect(changedAtStart(list, [])).toBe(false);
  });

  it('by the person themself brings the view down', () => {
    expect(saidByMe(list, [...list, mine('n')])).toBe(true);
    expect(saidByMe(list, [...list, message('n')])).toBe(false);
    expect(saidByMe(list, list)).toBe(false);
    // The first page of a chat is not something just said.
    expect(saidByMe([], list)).toBe(false);
    // A message of one's own that moved to the end as another went away was said before.
    expect(saidByMe([...list, message('n')], list)).toBe(false);
  });
});

describe('an anchor', () => {
  it('is the first row in view, a message before a divider', () => {
    const rows = [
      { key: 'a', top: -90, bottom: -10 },
      { key: 'f', top: -10, bottom: 20 },
      { key: 'g', top: 20, bottom: 60 },
    ];
    expect(pickAnchor(rows, list)).toEqual({ key: 'g', top: 20 });
    expect(pickAnchor(rows.slice(0, 2), list)).toEqual({ key: 'f', top: -10 });
    expect(pickAnchor(rows.slice(0, 1), list)).toBeUndefined();
  });
});
