import { expect, it } from 'vitest';

import { fileSize } from './sizes';
import { useLanguage } from './words.svelte';

it('sizes are said with two or three digits, in the language of the window', () => {
  useLanguage('en');
  // A narrow space that does not break, in some versions of the data.
  const said = (bytes: number) => fileSize(bytes).replace(/\s/g, ' ');
  expect([0, 999, 4_200, 999_700, 48_300_000, 1_250_000_000].map(said)).toEqual(['0 byte', '999 byte', '4.2 kB', '1 MB', '48.3 MB', '1.3 GB']);
  useLanguage('ru');
  expect(said(48_300_000)).toBe('48,3 МБ');
});
