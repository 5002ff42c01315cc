// A message's text in pieces: words and links. Nothing of it ever becomes markup.

import { LinkifyIt } from 'linkify-it';

export type Piece = { kind: 'text'; text: string } | { kind: 'link'; text: string; url: string };

const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

// Endings under which a name without a scheme is taken for an address. Not every one that exists: `main.rs` and
// `readme.md` are mostly files, and a link to a stranger's site in their place would be a trap.
const ENDINGS = 'com org net edu gov info dev app eu uk de fr it es pl fi se nl ch at us ca jp ua by kz ru su рф'.split(' ');

// Only what a browser or a mail program opens; no bare IP addresses, which are mostly version numbers.
const linkify = new LinkifyIt({ fuzzyLink: true, tlds: ENDINGS }).add('ftp:', null).add('//', null);

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of linkify.match(text) ?? []) {
    // A bare name goes to the encrypted site; where there is none, the browser says so.
    const url = safeUrl(match.schema === '' && !match.url.startsWith('mailto:') ? `https://${match.raw}` : match.url);
    if (url === undefined) continue;
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    pieces.push({ kind: 'link', text: match.raw, url });
    at = match.lastIndex;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

/** The address as it will be opened: a host in look-alike letters shows its real name. */
export function safeUrl(url: string): string | undefined {
  try {
    const parsed = new URL(url);
    return ALLOWED.has(parsed.protocol) ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One to three emoji and nothing else: they are shown large. */
export function onlyEmoji(text: string): boolean {
  if (text.length > 64 || !/^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u.test(text) || /[\d#*]/.test(text)) return false;
  const count = [...segmenter.segment(text.replace(/\s/gu, ''))].length;
  return count >= 1 && count <= 3;
}
