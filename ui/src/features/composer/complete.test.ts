import { describe, expect, it } from 'vitest';

import type { MemberRow } from '../../generated/MemberRow';
import { mentionsIn, peopleFor, tokenAt } from './complete';

const member = (user: string, name: string, me = false): MemberRow => ({ user, name, own_name: name, contact: false, blocked: false, verified: false, new_device: false, me, admin: false, owner: false, added_at: 0, added_by: '', looks_like: null, mixed_scripts: false });
const members = [member('u1', 'Anna'), member('u2', 'Anna Keller'), member('u3', 'Пётр'), member('u0', 'Maria', true)];
const none = new Map<string, string>();

describe('what is completed', () => {
  it.each([
    ['hi @an', 'mention', 'an'],
    ['@', 'mention', ''],
    ['(@anna k', 'mention', 'anna k'],
    ['so :tad', 'emoji', 'tad'],
    [':улы', 'emoji', 'улы'],
  ] as const)('%s is', (text, kind, asked) => expect(tokenAt(text, text.length)).toMatchObject({ kind, asked }));

  it.each(['a@b', 'at 10:30', 'it is :30', 'x:y', ':a', 'note: this', '', '@ann\n'])('"%s" is not', (text) => expect(tokenAt(text, text.length)).toBeUndefined());

  it('ends at the caret', () => expect(tokenAt('@anna and more', 3)).toEqual({ kind: 'mention', from: 0, asked: 'an' }));
});

describe('people', () => {
  const names = (asked: string) => peopleFor(members, asked).map(({ name }) => name);
  it('are found by the beginning of any of their names', () => {
    expect(names('an')).toEqual(['Anna', 'Anna Keller']);
    expect(names('kel')).toEqual(['Anna Keller']);
    expect(names('петр')).toEqual(['Пётр']);
  });
  it('do not offer themselves', () => expect(names('mar')).toEqual([]));
});

describe('mentions', () => {
  it('are the longest names that stand in the text', () => {
    expect(mentionsIn('@Anna Keller, @Пётр: come', members, none)).toEqual([
      { name: 'Anna Keller', user: 'u2' },
      { name: 'Пётр', user: 'u3' },
    ]);
    expect(mentionsIn('@Anna will', members, none)).toEqual([{ name: 'Anna', user: 'u1' }]);
  });
  it('of everyone name nobody', () => expect(mentionsIn('@все сюда', members, none)).toEqual([{ name: 'все', user: null }]));
  it('are not parts of words', () => {
    expect(mentionsIn('@Annabel', members, none)).toEqual([]);
    expect(mentionsIn('mail@Anna', members, none)).toEqual([]);
  });
  it('mean who was picked, where two have one name', () => {
    const two = [member('a', 'Ivan'), member('b', 'Ivan')];
    expect(mentionsIn('@Ivan', two, new Map([['Ivan', 'b']]))).toEqual([{ name: 'Ivan', user: 'b' }]);
  });
});
