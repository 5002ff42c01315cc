import { describe, expect, it } from 'vitest';

import { highlight } from './hits';

const shown = (text: string, ...ranges: [number, number][]) =>
  highlight(text, ranges)
    .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join('');

describe('a text with hits', () => {
  it('is cut at each of them', () => expect(shown('the red fox', [4, 7], [8, 11])).toBe('the [red] [fox]'));
  it('keeps every character, whatever the ranges', () => {
    expect(shown('abc', [1, 1], [2, 99], [0, 2], [1, 2], [50, 60])).toBe('[ab][c]');
    expect(shown('', [0, 5])).toBe('');
  });
  it('counts as the core does, in UTF-16', () => expect(shown('😀 да', [3, 5])).toBe('😀 [да]'));
});
