import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from 'vitest';

import { GROUPS } from '../components/emoji/emoji';
import { TROUBLES } from '../features/broken/trouble';
import { FORMATS } from '../features/composer/format';
import { LASTS, USES } from '../features/invite/limits';
import { ICON_OF } from '../features/message-actions/entries';
import { PAGES } from '../actions/pages';
import { ACTION_GROUPS } from '../actions/action';
import { KEYS, SWITCHES, wordOf } from '../core-state/search-filters';
import { FILTERS } from '../ui-state/folders.svelte';
import { IDLE_MINUTES } from '../ui-state/locking.svelte';
import { ACCENTS, DENSITIES, TEXT_SIZES, THEMES } from '../ui-state/preferences.svelte';
import { MUTES } from '../ui-state/arranging';
import { dateOf, dayAndTime, dayName, shortTime } from './dates';
import { LANGUAGES, t, useLanguage } from './words.svelte';

const SRC = join(import.meta.dirname, '..');

function sources(folder = SRC): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : sources(path);
    return /(?<!\.test)\.(?:ts|svelte)$/.test(entry.name) ? [path] : [];
  });
}

/** The shell's code, without its tests. */
function shell(): string {
  const folder = join(SRC, '..', '..', 'src-tauri', 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.rs'));
  return files.map((path) => readFileSync(join(folder, path), 'utf8').split('#[cfg(test)]\nmod tests')[0]!).join('\n');
}

function messages(language: string): Map<string, string> {
  const text = readFileSync(join(SRC, 'words', `${language}.ftl`), 'utf8');
  const found = new Map<string, string>();
  for (const match of text.matchAll(/^([a-z][\w-]*) = ((?:.*)(?:\n[ *}].*)*)/gmu)) {
    expect(found.has(match[1]!), `${language}: ${match[1]} twice`).toBe(false);
    found.set(match[1]!, match[2]!);
  }
  return found;
}

function union(file: string): string[] {
  const text = readFileSync(join(SRC, 'generated', file), 'utf8');
  return [...text.matchAll(/"([a-z_]+)"/g)].map((match) => match[1]!);
}

const LISTS = ['links', 'media', 'files', 'pinned', 'mine'];

/** For each key made from a value: the values it is made from. */
const FAMILIES: Record<string, string[]> = {
  'account-': ['opening', 'fresh', 'locked', 'broken', 'offline'],
  'error-': union('Code.ts'),
  'failed-': union('FailReason.ts'),
  'status-': union('ChatStatus.ts').filter((status) => status !== 'active'),
  'closed-': [...union('ChatStatus.ts').filter((status) => status !== 'active'), 'blog', 'other', 'left', 'leaving', 'comments', 'device'],
  'refused-': union('RefusedReason.ts'),
  'standing-': union('InvitationStanding.ts').filter((standing) => standing !== 'open'),
  'uses-': Object.keys(USES),
  'lasts-': Object.keys(LASTS),
  'state-': ['queued', 'accepted', 'delivered', 'read', 'failed'],
  'event-': ['created', 'added', 'removed', 'left', 'promoted', 'demoted', 'owner', 'rights'],
  'right-': ['write', 'comment', 'add', 'pin', 'info'],
  'did-': ['pin', 'unpin', 'save', 'unsave'],
  'relay-state-': union('SyncState.ts'),
  'relay-others-': ['told', 'untold', 'left'],
  'act-': Object.keys(ICON_OF),
  'emoji-': ['search', 'groups', 'nothing', 'loading', 'failed', 'recent', ...GROUPS.map((group) => group.name)],
  'format-': [...FORMATS],
  'folder-': ['all', ...FILTERS, 'read', 'unnamed', 'empty'],
  'keys-': [...ACTION_GROUPS],
  'palette-': ['recent', 'chats', 'people', 'actions'],
  'schedule-': ['hour', 'evening', 'tomorrow', 'monday'],
  'search-': [...KEYS.map((key) => wordOf(key)), ...SWITCHES.map((token) => wordOf(token))],
  'profile-': ['first-name', 'last-name', 'username', 'email', 'mobile', 'birth-date', 'description', 'saved'],
  'shown-': union('ShownTo.ts'),
  'level-': ['all', 'mentions', 'nothing'].flatMap((level) => [level, `${level}-text`]),
  'mute-': [...MUTES],
  'notices-show-': union('NoticeShows.ts'),
  'tab-': ['members', 'rights', ...LISTS],
  'none-': LISTS,
  'first-where-': ['hint', 'link', 'relay'],
  'listing-': [...union('ListingStanding.ts'), 'text'],
  'settings-': PAGES.map(([name]) => name),
  'theme-': [...THEMES],
  'accent-': [...ACCENTS],
  'text-': Object.keys(TEXT_SIZES),
  'density-': [...DENSITIES],
  'language-': ['system', ...LANGUAGES],
  'part-': union('StoragePart.ts').flatMap((part) => [part, `${part}-text`]),
  'check-': union('ProfileCheck.ts'),
  'doctor-': ['examining', 'rebuilding'],
  'carry-': ['exporting', 'importing'],
  'waits-': [...union('SyncState.ts'), 'alone', 'invitation', 'trouble', 'removed'],
  'waits-chat-': ['sending', 'asking', 'joining', 'leaving', 'aside'],
  'lock-after-': IDLE_MINUTES.map(String),
  'weekday-': ['0', '1', '2', '3', '4', '5', '6'],
  'broken-': TROUBLES.flatMap((trouble) => [`${trouble}-title`, `${trouble}-todo`]),
};

describe('sentences', () => {
  const en = messages('en');
  const ru = messages('ru');

  it('are there in both languages, with the same arguments', () => {
    expect([...ru.keys()].toSorted()).toEqual([...en.keys()].toSorted());
    const args = (text: string) => [...new Set([...text.matchAll(/\$(\w+)/g)].map((match) => match[1]))].toSorted();
    for (const [key, text] of en) expect(args(ru.get(key)!), key).toEqual(args(text));
  });

  it('are there for every key that is used, and every one is used', () => {
    const code = sources()
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const used = new Set<string>();
    for (const [family, values] of Object.entries(FAMILIES)) for (const value of values) used.add(family + value);
    for (const match of code.matchAll(/\b(?:t|toasts\.done|toasts\.say|told)\(\s*'([\w-]+)'/g)) used.add(match[1]!);
    // Keys that are chosen before they are looked up: `t(a ? 'x' : 'y')`, and those a pure function names.
    for (const match of code.matchAll(/\bt\([^()]*? \? '([\w-]+)' : '([\w-]+)'/g)) used.add(match[1]!).add(match[2]!);
    for (const match of code.matchAll(/problems\.\w+ = '([\w-]+)'/g)) used.add(match[1]!);
    // What the shell says itself.
    for (const match of shell().matchAll(/\bsay(?:_count|_with)?\(\s*"([\w-]+)"/g)) used.add(match[1]!);
    // A family without its values here would hide missing sentences.
    for (const match of code.matchAll(/\bt\(`([\w-]+)\$\{/g)) expect(Object.keys(FAMILIES)).toContain(match[1]);

    expect([...used].filter((key) => !en.has(key))).toEqual([]);
    expect([...en.keys()].filter((key) => !used.has(key))).toEqual([]);
  });

  it('can be formatted, all of them, in both languages', () => {
    for (const language of ['en', 'ru'] as const) {
      useLanguage(language);
      for (const key of en.keys()) {
        const text = t(key, { count: 2, name: 'N', title: 'T', by: 'B', who: 'W', time: '10:00', day: 'D', month: 'M', year: 'Y', emoji: 'E', chat: 'C', number: 1, what: 'X', keys: 'K' });
        expect(text, key).not.toBe(key);
        expect(text, key).not.toMatch(/[{}]/);
      }
    }
  });

  it('count as Russian does', () => {
    useLanguage('ru');
    const waiting = (count: number) => t('sync-offline-waiting', { count });
    expect(waiting(1)).toBe('Нет связи — 1 сообщение ждёт');
    expect(waiting(3)).toBe('Нет связи — 3 сообщения ждут');
    expect(waiting(11)).toBe('Нет связи — 11 сообщений ждут');
    expect(waiting(21)).toBe('Нет связи — 21 сообщение ждёт');
    expect(t('members-count', { count: 104 })).toBe('104 участника');
  });
});

describe('days and times', () => {
  const now = new Date(2026, 10, 22, 9, 30).getTime();
  beforeEach(() => useLanguage('en'));

  it('names today and yesterday, and gives a year only to another one', () => {
    expect(dayName('2026-11-22', now)).toBe('Today');
    expect(dayName('2026-11-21', now)).toBe('Yesterday');
    expect(dayName('2026-11-20', now)).toBe('20 November');
    expect(dayName('2025-11-20', now)).toBe('20 November 2025');
    useLanguage('ru');
    expect(dayName('2026-11-20', now)).toBe('20 ноября');
  });

  it('says when something will be sent', () => {
    const on = (day: number, month = 10, year = 2026) => dayAndTime(new Date(year, month, day, 9, 5).getTime(), now);
    expect([on(22), on(23), on(30), on(3, 0, 2027)]).toEqual(['today, 09:05', 'tomorrow, 09:05', '30 November, 09:05', '3 January 2027, 09:05']);
    expect(dateOf(now)).toBe('2026-11-22');
  });

  it('shortens the time of a last line by its age', () => {
    expect(shortTime(new Date(2026, 10, 22, 0, 5).getTime(), now)).toBe('00:05');
    expect(shortTime(new Date(2026, 10, 21, 23, 59).getTime(), now)).toBe('Sat');
    expect(shortTime(new Date(2026, 9, 21, 23, 59).getTime(), now)).toBe('21/10/26');
    // A clock that is ahead is no reason for a strange date.
    expect(shortTime(now + 3_600_000, now)).toBe('10:30');
  });
});
