// Which of many names a person means by a few letters of them. Pure but for the score, which is bits-ui's.

import { computeCommandScore } from 'bits-ui';

/** Below this only scattered letters are the same. */
const LEAST = 0.05;

/** In Russian texts the dots of "ё" are optional. */
function fold(text: string): string {
  return text.toLocaleLowerCase().replaceAll('ё', 'е');
}

export interface Ranked<T> {
  entry: T;
  /** From 0 to 1. */
  score: number;
}

/** The best first; where the score is the same, in the order in which they come. At most `most`. */
export function ranked<T>(all: readonly T[], query: string, most: number, namesOf: (one: T) => readonly string[]): Ranked<T>[] {
  const wanted = fold(query.trim());
  return all
    .map((entry) => ({ entry, score: Math.max(0, ...namesOf(entry).map((name) => (name === '' ? 0 : computeCommandScore(fold(name), wanted)))) }))
    .filter(({ score }) => score >= LEAST)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most);
}
