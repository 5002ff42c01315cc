import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { TimelineItem } from '../generated/TimelineItem';
import type { TimelineOp } from '../generated/TimelineOp';
import type { TimelineSnapshot } from '../generated/TimelineSnapshot';
import { answers, callsOf, frame, message, resetHost } from '../test-host';
import { Timeline, timelines } from './timeline.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const keys = (items: readonly TimelineItem[]) => items.map((item) => item.key).join(' ');

function snapshot(timeline: number, ...items: TimelineItem[]): TimelineSnapshot {
  return { timeline, items, more_before: true, more_after: false, target: null };
}

function deliver(timeline: number, ops: TimelineOp[], more_before = true, more_after = false): void {
  timelines.deliver({ type: 'timeline', timeline, ops, more_before, more_after });
}

describe('a timeline', () => {
  beforeEach(() => {
    resetHost();
    answers.close_timeline = () => ({});
  });

  it('opens with the newest page and follows its diffs', async () => {
    answers.open_timeline = () => snapshot(1, message('a'));
    const timeline = new Timeline('c1', vi.fn());
    await timeline.open({ at: 'end' });
    deliver(1, [{ op: 'insert', index: 1, item: message('b') }]);
    deliver(1, [{ op: 'set', index: 0, item: message('a', { text: 'changed' }) }]);
    deliver(2, [{ op: 'remove', index: 0 }]);
    await frame();
    expect(keys(timeline.items)).toBe('a b');
    expect(timeline.items[0]).toMatchObject({ text: 'changed' });
    timeline.close();
  });

  it('learns from a diff that the window let go of an end', async () => {
    answers.open_timeline = () => snapshot(1, message('a'));
    const timeline = new Timeline('c1', vi.fn());
    await timeline.open({ at: 'end' });
    expect(timeline.moreAfter).toBe(false);
    deliver(1, [{ op: 'insert', index: 1, item: message('b') }], false, true);
    expect([timeline.moreBefore, timeline.moreAfter]).toEqual([false, true]);
    timeline.close();
  });

  it('keeps diffs that overtake the answer of opening', async () => {
    let answer: (value: TimelineSnapshot) => void = () => {};
    answers.open_timeline = () => new Promise((done) => (answer = done));
    const timeline = new Timeline('c1', vi.fn());
    const opening = timeline.open({ at: 'end' });
    deliver(7, [{ op: 'insert', index: 1, item: message('early') }]);
    answer(snapshot(7, message('a')));
    await opening;
    expect(keys(timeline.items)).toBe('a early');
    timeline.close();
  });

  it('shows any number of diffs as one change a frame, and keeps what did not change', async () => {
    answers.open_timeline = () => snapshot(1, message('a'));
    const timeline = new Timeline('c1', vi.fn());
    await timeline.open({ at: 'end' });
    const before = timeline.items;
    for (let i = 0; i < 100; i += 1) {
      deliver(1, [{ op: 'insert', index: i + 1, item: message(`m${i}`) }]);
      expect(timeline.items).toBe(before);
    }
    await frame();
    expect(timeline.items).toHaveLength(101);
    expect(timeline.items[0]).toBe(before[0]);
    timeline.close();
  });

  it('has the older page on screen before it says that loading is over', async () => {
    answers.open_timeline = () => snapshot(1, message('b'));
    answers.load_older = ({ timeline }) => {
      deliver(timeline, [{ op: 'insert', index: 0, item: message('a') }]);
      return { more_before: false, more_after: false };
    };
    const timeline = new Timeline('c1', vi.fn());
    await timeline.open({ at: 'end' });
    await Promise.all([timeline.loadOlder(), timeline.loadOlder()]);
    expect(keys(timeline.items)).toBe('a b');
    expect(timeline.moreBefore).toBe(false);
    await timeline.loadOlder();
    expect(callsOf('load_older')).toEqual([{ timeline: 1 }]);
    timeline.close();
  });

  it('goes on towards the newest, and hears what it lets go of', async () => {
    answers.open_timeline = () => ({ ...snapshot(1, message('b')), more_before: false, more_after: true, target: 'b' });
    answers.load_newer = ({ timeline }) => {
      deliver(timeline, [{ op: 'insert', index: 1, item: message('c') }]);
      return { more_before: true, more_after: false };
    };
    const timeline = new Timeline('c1', vi.fn());
    await timeline.open({ at: 'message', message: 'id-b' });
    expect([timeline.target, timeline.message('id-b')?.key]).toEqual(['b', 'b']);
    await Promise.all([timeline.loadNewer(), timeline.loadNewer()]);
    expect(keys(timeline.items)).toBe('b c');
    expect([timeline.moreBefore, timeline.moreAfter]).toEqual([true, false]);
    expect(callsOf('load_newer')).toHaveLength(1);
    expect(callsOf('open_timeline')).toEqual([{ chat: 'c1', at: { at: 'message', message: 'id-b' } }]);
    timeline.close();
  });

  it('closes also when it was left before it was open', async () => {
    answers.open_timeline = () => snapshot(4);
    const timeline = new Timeline('c1', vi.fn());
    const opening = timeline.open({ at: 'end' });
    timeline.close();
    await opening;
    expect(callsOf('close_timeline')).toEqual([{ timeline: 4 }]);
  });

  it('tells when a diff does not fit', async () => {
    answers.open_timeline = () => snapshot(1, message('a'));
    const parted = vi.fn();
    const timeline = new Timeline('c1', parted);
    await timeline.open({ at: 'end' });
    deliver(1, [{ op: 'remove', index: 9 }]);
    await frame();
    expect(parted).toHaveBeenCalledOnce();
    expect(keys(timeline.items)).toBe('a');
    timeline.close();
  });
});
