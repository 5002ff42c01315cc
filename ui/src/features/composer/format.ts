// Putting Markdown around what is selected, and taking it off again. Pure.

import { FORMAT_KEYS } from '../../actions/local';
import { presses } from '../../actions/chords';

export type Format = keyof typeof FORMAT_KEYS;

export const FORMATS: readonly Format[] = ['bold', 'italic', 'strike', 'spoiler', 'code', 'quote', 'link'];

/** What stands in place of [from, to) and what is selected in it then. */
export interface Replacement {
  from: number;
  to: number;
  insert: string;
  /** Within `insert`. */
  selected: [number, number];
}

const MARKS = { bold: '**', italic: '_', strike: '~~', spoiler: '||', code: '`' } as const;

export function applyFormat(text: string, start: number, end: number, format: Format): Replacement {
  if (format === 'quote') return quoted(text, start, end);
  if (format === 'link') return linked(text, start, end);
  const chosen = text.slice(start, end);
  if (format === 'code' && chosen.includes('\n')) return fenced(text, start, end);
  const mark = MARKS[format];
  // Blanks stay outside: `** word **` is not bold.
  const inner = chosen.trim() === '' ? chosen : chosen.trim();
  const from = start + (inner === chosen ? 0 : chosen.length - chosen.trimStart().length);
  const to = from + inner.length;
  if (text.slice(from - mark.length, from) === mark && text.slice(to, to + mark.length) === mark) {
    return { from: from - mark.length, to: to + mark.length, insert: inner, selected: [0, inner.length] };
  }
  if (inner.length > mark.length * 2 && inner.startsWith(mark) && inner.endsWith(mark)) {
    const bare = inner.slice(mark.length, -mark.length);
    return { from, to, insert: bare, selected: [0, bare.length] };
  }
  return { from, to, insert: mark + inner + mark, selected: [mark.length, mark.length + inner.length] };
}

function quoted(text: string, start: number, end: number): Replacement {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split('\n');
  const off = lines.every((line) => line.startsWith('> '));
  const insert = lines.map((line) => (off ? line.slice(2) : `> ${line}`)).join('\n');
  return { from, to, insert, selected: [0, insert.length] };
}

function linked(text: string, start: number, end: number): Replacement {
  const chosen = text.slice(start, end);
  if (/^https?:\/\/\S+$/.test(chosen)) return { from: start, to: end, insert: `[](${chosen})`, selected: [1, 1] };
  const insert = `[${chosen}](https://)`;
  return { from: start, to: end, insert, selected: [chosen.length + 3, chosen.length + 11] };
}

function fenced(text: string, start: number, end: number): Replacement {
  const chosen = text.slice(start, end).replace(/^\n+|\n+$/g, '');
  const before = start === 0 || text[start - 1] === '\n' ? '' : '\n';
  const after = end === text.length || text[end] === '\n' ? '' : '\n';
  const insert = `${before}\`\`\`\n${chosen}\n\`\`\`${after}`;
  const at = before.length + 4;
  return { from: start, to: end, insert, selected: [at, at + chosen.length] };
}

export function formatOf(event: Parameters<typeof presses>[0]): Format | undefined {
  return FORMATS.find((format) => presses(event, FORMAT_KEYS[format]));
}
