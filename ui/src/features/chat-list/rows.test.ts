import { describe, expect, it } from 'vitest';

import { rangeOf, scrollToShow } from './rows';

const ROW = 68;

describe('the rows that are drawn', () => {
  it('cover what is in sight, at any offset, and little more', () => {
    for (let top = 0; top < 1000 * ROW - 700; top += 97) {
      const { from, to } = rangeOf(1000, ROW, top, 700, 900);
      expect(from * ROW).toBeLessThanOrEqual(top);
      expect(to * ROW).toBeGreaterThanOrEqual(Math.min(top + 700, 1000 * ROW));
      expect(to - from).toBeLessThan(30);
    }
  });

  it('are within the list', () => {
    expect(rangeOf(0, ROW, 0, 700, 900)).toEqual({ from: 0, to: 0 });
    expect(rangeOf(3, ROW, 0, 700, 900)).toEqual({ from: 0, to: 3 });
    // A list that has become shorter under its offset.
    expect(rangeOf(3, ROW, 5000, 700, 900).to).toBe(3);
  });

  it('fill the window before the height is known', () => expect(rangeOf(1000, ROW, 0, 0, 700)).toEqual({ from: 0, to: 12 }));
});

it('a row is brought into sight by the shortest way', () => {
  expect(scrollToShow(2, ROW, 0, 700)).toBe(0);
  expect(scrollToShow(2, ROW, 500, 700)).toBe(2 * ROW);
  expect(scrollToShow(20, ROW, 0, 700)).toBe(21 * ROW - 700);
});
