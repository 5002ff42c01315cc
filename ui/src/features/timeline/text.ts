// A message's text in pieces: words and links. Nothing of it ever becomes markup.

import { LinkifyIt, type Match } from 'linkify-it';

export type Piece = { kind: 'text'; text: string } | { kind: 'link'; text: string; url: string } | { kind: 'invitation'; text: string };

const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

// Endings under which a name without a scheme is taken for an address. Not every one that exists: `main.rs` and
// `readme.md` are mostly files, and a link to a stranger's site in their place would be a trap.
const ENDINGS = 'com org net edu gov info dev app eu uk de fr it es pl fi se nl ch at us ca jp ua by kz ru su рф'.split(' ');

// Only what a browser or a mail program opens; no bare IP addresses, which are mostly version numbers.
const linkify = new LinkifyIt({ fuzzyLink: true, tlds: ENDINGS })
  .add('ftp:', null)
  .add('//', null)
  .add('beseda:', { validate: (text, at) => invitation(text, at) });

/** How many characters from `at` on belong to an invitation; what follows its scheme. */
function invitation(text: string, at: number): number {
  const pattern = /join\/[\w-]{16,}/y;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of linkify.match(text) ?? []) {
    const piece = linkOf(match);
    if (!piece) continue;
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    pieces.push(piece);
    at = match.lastIndex;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

function linkOf(match: Match): Piece | undefined {
  if (match.schema === 'beseda:') return { kind: 'invitation', text: match.raw };
  // A bare name goes to the encrypted site; where there is none, the browser says so.
  const bare = match.schema === '' && !match.url.startsWith('mailto:');
  const url = safeUrl(bare ? `https://${match.raw}` : match.url);
  return url === undefined ? undefined : { kind: 'link', text: match.raw, url };
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
