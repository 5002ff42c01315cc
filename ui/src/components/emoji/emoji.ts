// Emoji by name: loaded when first asked for, searched in memory. Knows the language's names and the English codes.

/** Emoji, group, name, further words, codes (`smile grin`). */
export type EmojiRow = [emoji: string, group: number, name: string, words: string, codes: string];

/** Groups of emojibase in their order, each with the emoji that stands for it. */
export const GROUPS = [
  { group: 0, name: 'smileys', sign: '😀' },
  { group: 1, name: 'people', sign: '👋' },
  { group: 3, name: 'nature', sign: '🌿' },
  { group: 4, name: 'food', sign: '🍎' },
  { group: 5, name: 'travel', sign: '🚲' },
  { group: 6, name: 'activities', sign: '⚽' },
  { group: 7, name: 'objects', sign: '💡' },
  { group: 8, name: 'symbols', sign: '❤️' },
  { group: 9, name: 'flags', sign: '🏁' },
] as const;

/** What the bar over a message offers before anything was used. */
export const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '😢'] as const;

const RECENT_KEY = 'beseda.emoji';
const MOST_RECENT = 24;

const loading = new Map<string, Promise<EmojiRow[]>>();

export function loadEmoji(language: 'en' | 'ru'): Promise<EmojiRow[]> {
  let rows = loading.get(language);
  if (!rows) {
    rows = (language === 'ru' ? import('virtual:emoji/ru') : import('virtual:emoji/en')).then((module) => module.default);
    loading.set(language, rows);
  }
  return rows;
}

/** The best `most` for a few letters: codes and names that begin so, then words that do, then anything inside. */
export function findEmoji(rows: readonly EmojiRow[], asked: string, most: number): EmojiRow[] {
  const wanted = fold(asked);
  if (wanted === '') return rows.slice(0, most);
  const ranked: [EmojiRow, number][] = [];
  for (const row of rows) {
    const rank = rankOf(row, wanted);
    if (rank < 4) ranked.push([row, rank]);
  }
  return ranked
    .toSorted((a, b) => a[1] - b[1])
    .slice(0, most)
    .map(([row]) => row);
}

function rankOf([, , name, words, codes]: EmojiRow, wanted: string): number {
  const folded = fold(name);
  const named = codes.split(' ');
  if (named.includes(wanted) || folded === wanted) return 0;
  if (named.some((code) => code.startsWith(wanted)) || folded.startsWith(wanted)) return 1;
  const parts = fold(`${name} ${words} ${codes}`).split(/[\s_]+/);
  if (parts.some((part) => part.startsWith(wanted))) return 2;
  return wanted.length > 2 && folded.includes(wanted) ? 3 : 4;
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll('ё', 'е').trim();
}

/** The last ones used, newest first. */
export function recentEmoji(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, MOST_RECENT) : [];
  } catch {
    return [];
  }
}

export function rememberEmoji(emoji: string): void {
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify([emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, MOST_RECENT)));
  } catch {
    // A window without storage only forgets.
  }
}
