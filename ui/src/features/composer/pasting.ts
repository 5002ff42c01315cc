// What is put into the field when something is pasted; undefined where the engine does it well by itself. Pure but for the
// reading of HTML.

import type { Replacement } from './format';
import { markdownOf } from './pasted';

const ADDRESS = /^https?:\/\/[^\s<>]+$/i;

interface Pasted {
  plain: string;
  html: string;
}

export function pasteInto(text: string, from: number, to: number, { plain, html }: Pasted): Replacement | undefined {
  const selected = text.slice(from, to);
  const address = plain.trim();
  // An address on words makes them a link, as in every editor.
  if (ADDRESS.test(address) && selected.trim() !== '' && !selected.includes('\n') && !ADDRESS.test(selected.trim()) && !inCode(text, from)) {
    return put(from, to, `[${selected}](${address.replaceAll('(', '%28').replaceAll(')', '%29')})`);
  }
  if (html === '' || inCode(text, from)) return undefined;
  const markdown = markdownOf(html);
  return markdown === undefined ? undefined : put(from, to, markdown);
}

function put(from: number, to: number, insert: string): Replacement {
  return { from, to, insert, selected: [insert.length, insert.length] };
}

/** Between fences, or between signs of code in one line, marks are not marks. */
function inCode(text: string, at: number): boolean {
  const before = text.slice(0, at);
  if ((before.match(/^ {0,3}```/gm) ?? []).length % 2 === 1) return true;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return (line.match(/`/g) ?? []).length % 2 === 1;
}
