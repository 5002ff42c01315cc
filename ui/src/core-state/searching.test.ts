import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { FoundRow } from '../generated/FoundRow';
import type { SearchResult } from '../generated/SearchResult';
import { answers, callsOf, resetHost } from '../test-host';
import { PAUSE, Searching } from './searching.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const row = (message: string): FoundRow => ({ message, chat: 'c1', chat_title: '', author: 'u1', author_name: 'Anna', mine: false, text: message, highlights: [], at: 0, url: null });
const found = (cursor: string | null, ...messages: string[]): SearchResult => ({ messages: messages.map(row), cursor });
const shown = (searching: Searching) => searching.rows.map(({ message }) => message).join(' ');

describe('a search', () => {
  let searching: Searching;
  beforeEach(() => {
    vi.useFakeTimers();
    resetHost();
    searching = new Searching();
  });
  afterEach(() => {
    searching.dispose();
    vi.useRealTimers();
  });
  const pause = () => vi.advanceTimersByTimeAsync(PAUSE);

  it('waits for the last of several quick keys', async () => {
    answers.search = () => found(null, 'a');
    for (const query of ['f', 'fo', 'fox']) searching.ask(query, undefined);
    await pause();
    expect(callsOf('search')).toEqual([{ query: 'fox', chat: null, order: 'newest', before: null }]);
    expect([searching.state, shown(searching)]).toEqual(['done', 'a']);
  });

  it('drops an answer that a newer question has overtaken', async () => {
    const waiting: ((value: SearchResult) => void)[] = [];
    answers.search = () => new Promise((done) => waiting.push(done));
    searching.ask('old', undefined);
    await pause();
    searching.ask('new', undefined);
    await pause();
    waiting[1]!(found(null, 'new'));
    waiting[0]!(found(null, 'old'));
    await pause();
    expect(shown(searching)).toBe('new');
  });

  it('goes on where the last page ended, once', async () => {
    answers.search = ({ before }) => (before === null ? found('p2', 'a', 'b') : found(null, 'c'));
    searching.ask('x', 'c1');
    await pause();
    await Promise.all([searching.loadMore(), searching.loadMore()]);
    expect(shown(searching)).toBe('a b c');
    expect(searching.more).toBe(false);
    expect(callsOf('search')).toHaveLength(2);
  });

  it('asks nothing for a filter without its word', async () => {
    searching.ask('from:', undefined);
    await pause();
    expect(callsOf('search')).toEqual([]);
    expect(searching.state).toBe('idle');
  });

  it('says that it failed, and can be tried again', async () => {
    searching.ask('x', undefined);
    await pause();
    expect([searching.state, searching.failure?.code]).toEqual(['failed', 'bad_request']);
    answers.search = () => found(null, 'a');
    searching.again();
    await pause();
    expect([searching.state, shown(searching)]).toEqual(['done', 'a']);
  });
});
