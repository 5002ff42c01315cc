import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
const css = read('tokens.css');
const accents = read('accents.css');

/** With the colours of one accent. */
function theme(name: 'light' | 'dark', accent = 'green'): Map<string, string> {
  const base = new RegExp(`data-theme='${name}'\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  const chosen = new RegExp(`data-theme='${name}'\\]\\[data-accent='${accent}'\\],[^{]*\\{([^}]*)\\}`).exec(accents)?.[1] ?? '';
  return new Map([...`${base}${chosen}`.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

/** Text and the grounds it stands on: 4.5 to 1. */
const TEXT: Record<string, string[]> = {
  text: ['canvas', 'sidebar-ground', 'surface', 'surface-sunk', 'hover', 'field'],
  'text-soft': ['canvas', 'sidebar-ground', 'surface', 'surface-sunk', 'hover', 'field'],
  accent: ['canvas', 'surface'],
  danger: ['sidebar-ground', 'surface', 'canvas'],
  link: ['mine', 'theirs'],
  'on-accent': ['accent', 'accent-hover'],
  'on-accent-soft': ['accent-soft', 'mine'],
  'on-danger-soft': ['danger-soft'],
  'on-notice-soft': ['notice-soft'],
  'on-mine': ['mine'],
  'on-mine-soft': ['mine'],
  'on-theirs': ['theirs'],
  'on-theirs-soft': ['theirs'],
  'on-day': ['day-ground'],
  'on-hit': ['hit'],
};
/** Marks and edges that carry meaning: 3 to 1. */
const MARKS: Record<string, string[]> = {
  read: ['mine', 'sidebar-ground'],
  'line-strong': ['surface', 'canvas'],
  focus: ['canvas', 'surface', 'sidebar-ground'],
};

const ACCENTS = [...accents.matchAll(/\[data-theme='light'\]\[data-accent='(\w+)'\]/g)].map((match) => match[1]!);

it('there is a colour for each name', () => expect(ACCENTS).toEqual(['green', 'blue', 'violet', 'rose', 'amber', 'graphite']));

describe.each(['light', 'dark'].flatMap((name) => ACCENTS.map((accent) => [name, accent] as ['light' | 'dark', string])))('the %s theme in %s', (name, accent) => {
  const colours = theme(name, accent);
  const cases = [...Object.entries(TEXT).map((pair) => [...pair, 4.5] as const), ...Object.entries(MARKS).map((pair) => [...pair, 3] as const)];

  it.each(cases)('%s can be read on %s', (ink, grounds, least) => {
    for (const ground of grounds) {
      const ratio = contrast(colours.get(ink)!, colours.get(ground)!);
      expect(ratio, `${ink} on ${ground}`).toBeGreaterThanOrEqual(least);
    }
  });
});

it('white initials can be read on every avatar', () => {
  const avatar = readFileSync(join(import.meta.dirname, 'Avatar.svelte'), 'utf8');
  const grounds = [...avatar.matchAll(/background: (#[0-9a-f]{6})/g)].map((match) => match[1]!);
  expect(grounds).toHaveLength(8);
  for (const ground of grounds) expect(contrast('#ffffff', ground), ground).toBeGreaterThanOrEqual(4.5);
});

it('names of authors can be read in their bubbles', () => {
  const message = readFileSync(join(import.meta.dirname, '../features/timeline/Author.svelte'), 'utf8');
  const pairs = [...message.matchAll(/light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)];
  expect(pairs).toHaveLength(8);
  for (const [, light, dark] of pairs) {
    expect(contrast(light!, theme('light').get('theirs')!), light).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark!, theme('dark').get('theirs')!), dark).toBeGreaterThanOrEqual(4.5);
  }
});

describe('text', () => {
  it('takes nothing but emoji from fonts of emoji, which have wide digits and blanks too', () => {
    const family = /--font: ([^;]*);/.exec(css)![1]!;
    expect(family).toContain("'Emoji only'");
    expect(family).not.toMatch(/(?:Color|UI) Emoji/);
    const range = /font-family: 'Emoji only';[^}]*unicode-range: ([^;]*);/.exec(css)![1]!;
    const first = range.split(',').map((part) => Number.parseInt(part.trim().slice(2), 16));
    expect(Math.min(...first)).toBeGreaterThan(0x2000);
    expect(first).toContain(0x1f000);
  });
});
