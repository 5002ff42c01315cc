import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, resetHost } from '../../test-host';
import { Marks } from './marks';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const marked = () => (callsOf('mark_read') as { message: string }[]).map(({ message }) => message);

describe('read marks', () => {
  beforeEach(() => {
    resetHost();
    answers.mark_read = () => ({});
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('are of the newest message that was seen, soon, and once', async () => {
    const marks = new Marks('c');
    marks.request('m1');
    marks.request('m2');
    await vi.advanceTimersByTimeAsync(300);
    expect(marked()).toEqual(['m2']);
    marks.request('m2');
    await vi.advanceTimersByTimeAsync(2000);
    expect(marked()).toEqual(['m2']);
  });

  it('are few where messages pour in', async () => {
    const marks = new Marks('c');
    for (let n = 0; n < 100; n += 1) {
      marks.request(`m${n}`);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(marked().length).toBeLessThanOrEqual(6);
    await vi.advanceTimersByTimeAsync(1000);
    expect(marked().at(-1)).toBe('m99');
  });

  it('are made by who leaves the chat at once', () => {
    const marks = new Marks('c');
    marks.dispose();
    expect(marked()).toEqual([]);
    marks.request('m1');
    marks.dispose();
    expect(marked()).toEqual(['m1']);
  });
});
