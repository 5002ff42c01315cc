import { describe, expect, it } from 'vitest';

import type { TimelineItem } from '../../generated/TimelineItem';
import { message } from '../../test-host';
import { shownOf } from './shown';

const day = (key: string): TimelineItem => ({ type: 'day', key, date: '2026-11-30' });
const created: TimelineItem = { type: 'event', key: 'e1', at: 1, event: { what: 'created', by: 'Anna' } };
const added: TimelineItem = { type: 'event', key: 'e2', at: 1, event: { what: 'added', by: 'Anna', who: 'Boris' } };
const left: TimelineItem = { type: 'event', key: 'e3', at: 1, event: { what: 'left', by: 'Boris' } };
const keys = (items: readonly TimelineItem[]) => items.map((item) => item.key);
const none = () => false;

describe('the items of a history that are shown', () => {
  it('are all of them in a group', () => {
    const items = [day('d1'), created, added, message('a')];
    expect(shownOf(items, 'group', none)).toBe(items);
  });

  it.each(['notes', 'dialog'] as const)('do not say in %s that it was made and who came', (kind) => {
    expect(shownOf([day('d1'), created, added], kind, none)).toEqual([]);
    expect(keys(shownOf([day('d1'), created, added, day('d2'), message('a'), left], kind, none))).toEqual(['d2', 'a', 'e3']);
  });

  it('leave out what is hidden, and a day of which nothing is left', () => {
    const items = [day('d1'), message('a'), day('d2'), message('b')];
    expect(keys(shownOf(items, 'group', (id) => id === 'id-a'))).toEqual(['d2', 'b']);
    expect(shownOf(items, 'group', none)).toBe(items);
  });
});
