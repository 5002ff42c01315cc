import { describe, expect, it } from 'vitest';

import { onlyEmoji, piecesOf, safeUrl } from './text';

const links = (text: string) => piecesOf(text).flatMap((piece) => (piece.kind === 'link' ? [piece.url] : []));

describe('links in a text', () => {
  it.each([
    ['see https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    ['(http://example.org)', ['http://example.org/']],
    ['example.org is enough', ['https://example.org/']],
    ['write to anna@example.org!', ['mailto:anna@example.org']],
    ['mailto:anna@example.org', ['mailto:anna@example.org']],
    ['https://пример.рф/путь', ['https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C']],
    ['two: a.org b.com', ['https://a.org/', 'https://b.com/']],
    ['see main.rs, readme.md and v1.2', []],
  ])('%s', (text, urls) => expect(links(text)).toEqual(urls));

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt://example.org/%0aalert(1)',
    'file:///etc/passwd',
    'ftp://example.org/x',
    'data:text/html,<b>x</b>',
    'tauri://localhost',
    'version 1.2.3.4 of it',
    '//example.org/x',
  ])('nothing to open in %s', (text) => {
    for (const url of links(text)) expect(url).toMatch(/^(?:https?|mailto):/);
    expect(links(text).filter((url) => !text.includes('example.org') || url.includes('alert'))).toEqual([]);
  });

  it('know an invitation, which this app itself opens', () => {
    expect(piecesOf('come: beseda:join/AbC_-0123456789xyz, quick')).toEqual([
      { kind: 'text', text: 'come: ' },
      { kind: 'invitation', text: 'beseda:join/AbC_-0123456789xyz' },
      { kind: 'text', text: ', quick' },
    ]);
    expect(piecesOf('beseda:evil/AbC_-0123456789xyz')).toHaveLength(1);
  });

  it('lose no character of the text', () => {
    const text = '  a\n\nhttps://example.org/x,b@c.org \t<b>&amp;</b> javascript:alert(1) שלום ';
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('show the real name of a look-alike host', () => {
    expect(safeUrl('https://аpple.com/')).toBe('https://xn--pple-43d.com/');
  });
});

describe('a text of emoji only', () => {
  it.each(['😀', '👍🏽', '😀 😀 😀', '👩‍👩‍👧‍👦', '🇺🇦', '❤️'])('%s is shown large', (text) => expect(onlyEmoji(text)).toBe(true));
  it.each(['', ' ', '1', '42', '#', 'ok 👍', '😀😀😀😀', '🤷 hm'])('"%s" is not', (text) => expect(onlyEmoji(text)).toBe(false));
});
