// What is being completed at the caret, and who is meant by an `@`. Pure.

import type { MemberRow } from '../../generated/MemberRow';
import type { Mention } from '../../generated/Mention';

export interface Token {
  kind: 'mention' | 'emoji';
  /** Index of its sign. */
  from: number;
  /** What follows the sign, up to the caret. */
  asked: string;
}

/** Letters of a name after which nobody looks for it any more. */
const LONGEST = 40;

/** Names that mean all members; each language has its own, all are understood. */
export const EVERYONE = ['everyone', 'все'] as const;

export function tokenAt(text: string, caret: number): Token | undefined {
  const start = Math.max(0, caret - LONGEST);
  const before = text.slice(start, caret);
  const emoji = /(?:^|[\s(])(:)([\p{L}+-][\p{L}\d_+-]+)$/u.exec(before);
  if (emoji) return { kind: 'emoji', from: caret - emoji[2]!.length - 1, asked: emoji[2]! };
  const mention = /(?:^|[\s(,.!?;«"„])(@)([^@\n]*)$/u.exec(before);
  if (mention) return { kind: 'mention', from: caret - mention[2]!.length - 1, asked: mention[2]! };
  return undefined;
}

export function fold(name: string): string {
  return name.toLowerCase().replaceAll('ё', 'е');
}

/** Members one may mean by `asked`: names that begin so, then those with a later word that does. Not oneself. */
export function peopleFor(members: readonly MemberRow[], asked: string): MemberRow[] {
  const wanted = fold(asked);
  const rank = (name: string) => (fold(name).startsWith(wanted) ? 0 : fold(name).split(/\s+/).some((word) => word.startsWith(wanted)) ? 1 : 2);
  const best = (member: MemberRow) => Math.min(rank(member.name), rank(member.own_name));
  return members
    .filter((member) => !member.me && member.own_name !== '' && best(member) < 2)
    .toSorted((a, b) => best(a) - best(b) || a.name.localeCompare(b.name));
}

/** `chosen`: whom the person picked from the list, by name; it decides between two people of one name. */
export function mentionsIn(text: string, members: readonly MemberRow[], chosen: ReadonlyMap<string, string>): Mention[] {
  const known: Mention[] = [
    ...EVERYONE.map((name) => ({ name, user: null })),
    // What they call themselves: what this person calls them is nobody else's business.
    ...members.filter((member) => member.own_name !== '').map((member) => ({ name: member.own_name, user: chosen.get(member.own_name) ?? member.user })),
  ].toSorted((a, b) => b.name.length - a.name.length);
  const found = new Map<string, Mention>();
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const mention = known.find(({ name }) => text.startsWith(name, at + 1) && !isLetter(text[at + 1 + name.length]));
    if (mention && !isLetter(text[at - 1])) found.set(mention.name, mention);
  }
  return [...found.values()];
}

function isLetter(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}_]/u.test(char);
}
