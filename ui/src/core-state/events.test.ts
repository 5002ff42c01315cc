import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, chatRow, frame, resetHost, send, sendOf, syncStatus } from '../test-host';
import { selection } from '../ui-state/selection.svelte';
import { chats } from './chats.svelte';
import { startPump } from './events';
import { sync } from './sync.svelte';
import { totals } from './totals.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

describe('events', () => {
  beforeAll(() => startPump((account, came, went) => account.own(selection).moved(came, went), () => {}));
  beforeEach(async () => {
    resetHost();
    for (const row of chats.rows) send({ type: 'chat_gone', id: row.id, goes_on_in: null });
    await frame();
    selection.select(undefined);
  });

  it('sort the list by what was last active', async () => {
    send({ type: 'chat', row: chatRow({ id: 'old', activity: 1 }) }, { type: 'chat', row: chatRow({ id: 'new', activity: 2 }) });
    await frame();
    expect(chats.rows.map((row) => row.id)).toEqual(['new', 'old']);
    send({ type: 'chat', row: chatRow({ id: 'old', activity: 3 }) });
    await frame();
    expect(chats.rows.map((row) => row.id)).toEqual(['old', 'new']);
  });

  it('are newer than a list that was on its way', async () => {
    answers.chats = () => {
      send({ type: 'chat', row: chatRow({ id: 'c1', unread: 5 }) }, { type: 'chat_gone', id: 'c2', goes_on_in: null });
      return { chats: [chatRow({ id: 'c1', unread: 1 }), chatRow({ id: 'c2' }), chatRow({ id: 'c3' })] };
    };
    await chats.load();
    expect(chats.rows.map((row) => [row.id, row.unread])).toEqual([
      ['c1', 5],
      ['c3', 0],
    ]);
  });

  it('keep the chat selected that got its own id', async () => {
    send({ type: 'chat', row: chatRow({ id: 'asked', status: 'asking' }) });
    await frame();
    selection.select('asked');
    send({ type: 'chat_gone', id: 'asked', goes_on_in: null }, { type: 'chat', row: chatRow({ id: 'real', status: 'joining' }) });
    await frame();
    expect(selection.chat).toBe('real');
  });

  it('keep it selected also when the new id comes later', async () => {
    send({ type: 'chat', row: chatRow({ id: 'asked', status: 'asking' }) });
    await frame();
    selection.select('asked');
    send({ type: 'chat_gone', id: 'asked', goes_on_in: null });
    await frame();
    expect(selection.chat).toBeUndefined();
    send({ type: 'chat', row: chatRow({ id: 'real', status: 'joining' }) });
    await frame();
    expect(selection.chat).toBe('real');
  });

  it('do not take a person away from what they read', async () => {
    send({ type: 'chat', row: chatRow({ id: 'here' }) });
    await frame();
    selection.select('here');
    send({ type: 'chat', row: chatRow({ id: 'other', activity: 9 }) });
    await frame();
    expect(selection.chat).toBe('here');
  });

  it('tell the state of the relay, and outrun an answer', async () => {
    send({ type: 'sync', status: syncStatus({ state: 'offline', waiting: 3 }) });
    answers.sync_status = () => syncStatus({ last_sync: 1 });
    await sync.load();
    expect(sync.status).toMatchObject({ state: 'offline', waiting: 3 });
  });

  it('count what is unread, and outrun an answer', async () => {
    send({ type: 'totals', totals: { unread: 7, mentions: 1 } });
    answers.totals = () => ({ unread: 2, mentions: 0 });
    await totals.load();
    expect(totals.count).toEqual({ unread: 7, mentions: 1 });
  });

  it('of an account that is not in the window reach nobody', async () => {
    sendOf('gone', { type: 'chat', row: chatRow({ id: 'c1' }) }, { type: 'totals', totals: { unread: 99, mentions: 9 } });
    await frame();
    expect(chats.rows).toEqual([]);
    expect(totals.count.unread).not.toBe(99);
  });
});
