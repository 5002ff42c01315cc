import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { piecesOf } from './code';
import { highlight } from './highlight';
import { wordsOf } from './words';

describe('colours of code', () => {
  it.each([
    ['rust', 'let a = "b\\n"; // c', ['keyword', 'string', 'comment']],
    ['rs', 'fn f() -> u8 { 1 }', ['keyword', 'name', 'number']],
    ['ts', 'const a: string = `b ${c} d`;', ['keyword', 'string']],
    ['py', 'def f():\n  return None', ['keyword', 'name']],
    ['html', '<b class="x">&amp;</b><script>let a = 1</script>', ['keyword', 'string', 'name']],
    ['sh', 'if true; then echo "a"; fi', ['keyword', 'string']],
    ['json', '{ "a": [1, null] }', ['name', 'number', 'keyword']],
    ['diff', '+a\n-b\n c', ['string', 'number']],
    ['yml', 'a: 1', ['name', 'number']],
    ['c++', 'int main() { return 0; }', ['keyword', 'number']],
    ['sql', "select 'a' from b", ['keyword', 'string']],
  ])('%s: %s', (language, text, kinds) => {
    const pieces = highlight(language, text)!;
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    const found = new Set(pieces.map((piece) => piece.kind));
    for (const kind of kinds) expect(found, kind).toContain(kind);
  });

  it('are not guessed, and not looked for in what is very long', async () => {
    expect(highlight('klingon', 'a')).toBeUndefined();
    expect(highlight('__proto__', 'a')).toBeUndefined();
    expect(await piecesOf('', 'let a;')).toBeUndefined();
    expect(await piecesOf('rust', 'let a;\n'.repeat(10_000))).toBeUndefined();
    expect((await piecesOf('RUST', 'let a;'))?.[0]).toEqual({ text: 'let', kind: 'keyword' });
  });

  it('can be read on their ground', () => {
    const block = readFileSync(join(import.meta.dirname, 'CodeBlock.svelte'), 'utf8');
    const tokens = readFileSync(join(import.meta.dirname, '../tokens.css'), 'utf8');
    const grounds = [...tokens.matchAll(/--surface-sunk: (#[0-9a-f]{6})/g)].map((match) => match[1]!);
    const pairs = [...block.matchAll(/light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)];
    expect(grounds).toHaveLength(2);
    expect(pairs).toHaveLength(5);
    for (const [, ...inks] of pairs) inks.forEach((ink, i) => expect(contrast(ink, grounds[i]!), ink).toBeGreaterThanOrEqual(4.5));
  });
});

describe('words without their markup', () => {
  it('are those that are shown', () => {
    const text = (words: string) => ({ type: 'text' as const, text: words });
    const inlines = [text('a '), { type: 'bold' as const, inlines: [text('b')] }, { type: 'mention' as const, name: 'C', user: null }, { type: 'break' as const }];
    expect(wordsOf([...inlines, { type: 'link', url: 'https://d.org', inlines: [{ type: 'code', text: 'd' }] }])).toBe('a b@C\nd');
  });
});

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
