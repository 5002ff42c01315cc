import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, resetHost } from '../test-host';
import { UNDO_TIME, deletions } from './deletions.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

describe('a deletion', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    resetHost();
    answers.delete_message = () => ({});
  });
  afterEach(() => {
    deletions.commit();
    vi.useRealTimers();
  });

  it('is told to the core when its time is over, and looks done at once', () => {
    deletions.add('c1', ['a', 'b'], true);
    expect(deletions.of('a')).toBe('everyone');
    vi.advanceTimersByTime(UNDO_TIME - 1);
    expect(callsOf('delete_message')).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(callsOf('delete_message')).toEqual(['a', 'b'].map((message) => ({ chat: 'c1', message, for_everyone: true })));
    expect(deletions.pending).toEqual([]);
    expect(deletions.of('a')).toBe('everyone');
  });

  it('can be taken back', () => {
    deletions.add('c1', ['c'], false);
    deletions.undo(deletions.pending[0]!.id);
    vi.advanceTimersByTime(UNDO_TIME * 2);
    expect(callsOf('delete_message')).toEqual([]);
    expect(deletions.of('c')).toBeUndefined();
  });

  it('waits while somebody is about to take it back', () => {
    deletions.add('c1', ['h'], false);
    const release = deletions.hold(deletions.pending[0]!.id);
    vi.advanceTimersByTime(UNDO_TIME * 2);
    expect(callsOf('delete_message')).toEqual([]);
    release();
    vi.advanceTimersByTime(UNDO_TIME - 1);
    expect(callsOf('delete_message')).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(callsOf('delete_message')).toHaveLength(1);
    release();
    vi.advanceTimersByTime(UNDO_TIME);
    expect(callsOf('delete_message')).toHaveLength(1);
  });

  it('is sent when the window goes away', () => {
    deletions.add('c1', ['d'], false);
    window.dispatchEvent(new Event('pagehide'));
    expect(callsOf('delete_message')).toHaveLength(1);
    vi.advanceTimersByTime(UNDO_TIME * 2);
    expect(callsOf('delete_message')).toHaveLength(1);
  });

  it('that a window had no time for is told by the next one', async () => {
    answers.delete_message = () => new Promise(() => {});
    deletions.resume('u1');
    deletions.add('c1', ['f'], true);
    const kept = localStorage.getItem('beseda.deletions.u1')!;
    deletions.commit();
    await vi.advanceTimersByTimeAsync(0);
    // The call was made, but never answered.
    expect(localStorage.getItem('beseda.deletions.u1')).toBe(kept);
    resetHost();
    answers.delete_message = () => ({});
    deletions.resume('u2');
    expect(callsOf('delete_message')).toEqual([]);
    deletions.resume('u1');
    expect(callsOf('delete_message')).toEqual([{ chat: 'c1', message: 'f', for_everyone: true }]);
    expect(localStorage.getItem('beseda.deletions.u1')).toBeNull();
  });

  it('taken back is not told by the next window', () => {
    deletions.resume('u1');
    deletions.add('c1', ['g'], false);
    deletions.undo(deletions.pending[0]!.id);
    deletions.resume('u1');
    expect(callsOf('delete_message')).toEqual([]);
  });

  it('that failed brings the message back', async () => {
    answers.delete_message = () => Promise.reject({ code: 'not_admin', message: '' });
    deletions.add('c1', ['e'], true);
    await vi.advanceTimersByTimeAsync(UNDO_TIME);
    expect(deletions.of('e')).toBeUndefined();
  });
});
