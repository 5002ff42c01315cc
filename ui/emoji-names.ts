// At build time: names of emoji out of emojibase, a tenth of its size. `virtual:emoji/en` and `/ru` are what the
// window loads when somebody looks for an emoji; nothing is fetched from anywhere.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Plugin } from 'vite';

import type { EmojiRow } from './src/components/emoji/emoji';

/** Newer ones are boxes in the fonts of systems that people still have. */
const NEWEST = 15;
/** Skin tones and hair: parts, not emoji. */
const COMPONENTS = 2;

interface Source {
  hexcode: string;
  emoji: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
  version: number;
}

export function emojiNames(): Plugin {
  const require = createRequire(import.meta.url);
  const read = <T>(path: string) => JSON.parse(readFileSync(require.resolve(`emojibase-data/${path}`), 'utf8')) as T;
  return {
    name: 'emoji-names',
    resolveId: (id) => (id.startsWith('virtual:emoji/') ? `\0${id}` : undefined),
    load(id) {
      const language = /^\0virtual:emoji\/(en|ru)$/.exec(id)?.[1];
      if (language === undefined) return undefined;
      const codes = read<Record<string, string | string[]>>('en/shortcodes/emojibase.json');
      const rows = read<Source[]>(`${language}/data.json`)
        .filter((one) => one.group !== undefined && one.group !== COMPONENTS && one.version <= NEWEST)
        .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
        .map((one): EmojiRow => [one.emoji, one.group!, one.label, (one.tags ?? []).join(' '), [codes[one.hexcode] ?? []].flat().join(' ')]);
      return `export default ${JSON.stringify(rows)}`;
    },
  };
}
