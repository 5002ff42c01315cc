import { describe, expect, it } from 'vitest';

import { type Format, applyFormat, formatOf } from './format';

/** `[` and `]` stand for the ends of the selection. */
function done(marked: string, format: Format): string {
  const start = marked.indexOf('[');
  const end = marked.indexOf(']') - 1;
  const text = marked.replace('[', '').replace(']', '');
  const { from, to, insert, selected } = applyFormat(text, start, end, format);
  const after = text.slice(0, from) + insert + text.slice(to);
  const [a, b] = [from + selected[0], from + selected[1]];
  return `${after.slice(0, a)}[${after.slice(a, b)}]${after.slice(b)}`;
}

describe('a format', () => {
  it.each<[Format, string, string]>([
    ['bold', 'a [word] b', 'a **[word]** b'],
    ['italic', '[]', '_[]_'],
    ['strike', 'a [ word ]b', 'a  ~~[word]~~ b'],
    ['spoiler', '[x]', '||[x]||'],
    ['code', 'run [ls -l]', 'run `[ls -l]`'],
    ['quote', 'one\ntw[o\nthr]ee\nfour', 'one\n[> two\n> three]\nfour'],
  ])('%s goes around %s', (format, before, after) => expect(done(before, format)).toBe(after));

  it.each<[Format, string, string]>([
    ['bold', 'a **[word]** b', 'a [word] b'],
    ['bold', 'a [**word**] b', 'a [word] b'],
    ['quote', '[> one\n> two]', '[one\ntwo]'],
  ])('%s comes off again from %s', (format, before, after) => expect(done(before, format)).toBe(after));

  it('of several lines of code is a block of its own', () => {
    expect(done('look: [a\nb] end', 'code')).toBe('look: \n```\n[a\nb]\n```\n end');
  });

  it('of a link asks for what is missing', () => {
    const link = applyFormat('see here', 4, 8, 'link');
    expect(link.insert).toBe('[here](https://)');
    expect(link.insert.slice(...link.selected)).toBe('https://');
    const bare = applyFormat('https://example.org', 0, 19, 'link');
    expect(bare.insert).toBe('[](https://example.org)');
    expect(bare.selected).toEqual([1, 1]);
  });
});

describe('the keys of formats', () => {
  const key = (code: string, shiftKey = false) => ({ code, key: '', shiftKey, ctrlKey: true, metaKey: false, altKey: false });
  it('go by the place of the key', () => {
    expect(formatOf(key('KeyB'))).toBe('bold');
    expect(formatOf(key('KeyX', true))).toBe('strike');
    expect(formatOf(key('Period', true))).toBe('quote');
  });
  it('leave cut, copy and AltGr alone', () => {
    expect(formatOf(key('KeyX'))).toBeUndefined();
    expect(formatOf({ ...key('KeyB'), altKey: true })).toBeUndefined();
    expect(formatOf({ ...key('KeyB'), ctrlKey: false })).toBeUndefined();
  });
});
