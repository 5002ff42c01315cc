import { describe, expect, it } from 'vitest';

import { colourOf, initials } from './avatar';

describe('initials', () => {
  it.each([
    ['Анна Ковалёва', 'АК'],
    ['miguel', 'M'],
    ['  Jean   Luc  Picard ', 'JP'],
    ['«Поход» на Алтай', 'ПА'],
    ['דנה לוי', 'דל'],
    ['👩‍🚀 Space', '👩‍🚀'],
    ['山田 太郎', '山太'],
    ['', ''],
    ['   ', ''],
  ])('of %s are %s', (name, letters) => expect(initials(name)).toBe(letters));
});

it('a colour depends on the id alone and all of them are used', () => {
  expect(colourOf('a1b2')).toBe(colourOf('a1b2'));
  const seen = new Set(Array.from({ length: 400 }, (_, i) => colourOf(`id-${i}`)));
  expect([...seen].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
