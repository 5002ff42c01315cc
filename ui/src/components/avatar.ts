// Initials and a colour that stay the same for one id on every machine.

import type { ChatKind } from '../generated/ChatKind';
import type { IconName } from './icons';

/** How many colours tokens of avatars there are. */
const COLOURS = 8;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One or two letters of a name; nothing for an empty one. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/\s+/u)
    .map((word) => word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}]+/u, ''))
    .filter((word) => word !== '');
  const first = words[0];
  if (first === undefined) return '';
  const last = words.length > 1 ? words[words.length - 1]! : '';
  const head = grapheme(first);
  // An emoji says enough by itself.
  if (/\p{Extended_Pictographic}/u.test(head) && !/\d/.test(head)) return head;
  const tail = grapheme(last);
  return (head + (/[\p{L}\p{N}]/u.test(tail) ? tail : '')).toLocaleUpperCase();
}

/** 0 to 7. */
export function colourOf(id: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 16_777_619);
  return (hash >>> 8) % COLOURS;
}

function grapheme(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment;
  return '';
}

/** What stands for a chat that has neither a picture nor a name. */
export const ICON_OF_KIND: Record<ChatKind, IconName> = { dialog: 'person', group: 'people', blog: 'megaphone', notes: 'pencilNote' };
