// Which of many names a person means by a few letters of them. Pure but for the score, which is bits-ui's.

import { computeCommandScore } from 'bits-ui';

/** Below this only scattered letters are the same. */
const LEAST = 0.05;

/** What is typed as it is meant counts for more. */
const SLIP = 0.9;

/** In Russian texts the dots of "ё" are optional. */
function fold(text: string): string {
  return text.toLocaleLowerCase().replaceAll('ё', 'е');
}

const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const CYRILLIC = 'ёйцукенгшщзхъфывапролджэячсмитьбю';

/** What the same keys would have typed in the other layout of a Russian keyboard: half of all names are typed so at first. */
export function otherLayout(text: string): string {
  return [...text].map((sign) => CYRILLIC[LATIN.indexOf(sign)] ?? LATIN[CYRILLIC.indexOf(sign)] ?? sign).join('');
}

export interface Ranked<T> {
  entry: T;
  /** From 0 to 1. */
  score: number;
}

/** The best first; where the score is the same, in the order in which they come. At most `most`. */
export function ranked<T>(all: readonly T[], query: string, most: number, namesOf: (one: T) => readonly string[]): Ranked<T>[] {
  const wanted = fold(query.trim());
  const other = fold(otherLayout(query.trim().toLocaleLowerCase()));
  const scoreOf = (name: string) => (name === '' ? 0 : Math.max(computeCommandScore(fold(name), wanted), SLIP * computeCommandScore(fold(name), other)));
  return all
    .map((entry) => ({ entry, score: Math.max(0, ...namesOf(entry).map(scoreOf)) }))
    .filter(({ score }) => score >= LEAST)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most);
}
