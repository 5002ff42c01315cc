import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, askedOf, chatRow, frame, message, resetHost, sendOf, syncStatus } from '../test-host';
import { Account, here, perAccount, putOnScreen } from './account.svelte';
import { accounts } from './accounts.svelte';
import { chats } from './chats.svelte';
import { startPump } from './events';
import { membersOf } from './members.svelte';
import { sync } from './sync.svelte';
import { Timeline } from './timeline.svelte';
import { totals } from './totals.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

describe('an account', () => {
  let a: Account;
  let b: Account;

  beforeEach(async () => {
    resetHost();
    a = new Account('a');
    b = new Account('b');
    accounts.all = [a, b];
    putOnScreen(a);
    await startPump(() => {}, () => {});
  });
  afterEach(() => {
    a.end();
    b.end();
  });

  it('has a store of its own, and screens see that of the account on screen', async () => {
    sendOf('a', { type: 'chat', row: chatRow({ id: 'c', title: 'Trip' }) });
    sendOf('b', { type: 'chat', row: chatRow({ id: 'c', title: 'Team' }) });
    sendOf('b', { type: 'totals', totals: { unread: 4, mentions: 2 } }, { type: 'sync', status: syncStatus({ state: 'offline', waiting: 1 }) });
    await frame();
    const seen: unknown[] = [];
    const stop = $effect.root(() => {
      $effect(() => void seen.push([chats.get('c')?.title, totals.count.unread, sync.status.state]));
    });
    flushSync();
    putOnScreen(b);
    flushSync();
    stop();
    expect(seen).toEqual([
      ['Trip', 0, 'connecting'],
      ['Team', 4, 'offline'],
    ]);
  });

  it('asks its own core, also while another one is on screen', async () => {
    answers.chats = (_, account) => ({ chats: [chatRow({ id: `of-${account}` })] });
    await b.own(chats).load();
    expect(here()).toBe(a);
    expect(chats.rows).toEqual([]);
    expect(b.own(chats).rows.map((row) => row.id)).toEqual(['of-b']);
    answers.members = () => ({ members: [] });
    await membersOf('c', 1);
    putOnScreen(b);
    await membersOf('c', 1);
    expect([askedOf('chats'), askedOf('members')]).toEqual([['b'], ['a', 'b']]);
  });

  it('has timelines under numbers of its own', async () => {
    answers.open_timeline = (_, account) => ({ timeline: 1, items: [message(`first-${account}`)], more_before: false, more_after: false, target: null });
    answers.close_timeline = () => ({});
    const ofA = new Timeline('c', vi.fn());
    await ofA.open({ at: 'end' });
    putOnScreen(b);
    const ofB = new Timeline('c', vi.fn());
    await ofB.open({ at: 'end' });
    const op = (key: string) => ({ type: 'timeline' as const, timeline: 1, ops: [{ op: 'insert' as const, index: 1, item: message(key) }], more_before: false, more_after: false });
    sendOf('a', op('for-a'));
    sendOf('b', op('for-b'));
    await frame();
    expect(ofA.items.map((item) => item.key)).toEqual(['first-a', 'for-a']);
    expect(ofB.items.map((item) => item.key)).toEqual(['first-b', 'for-b']);
    // Closed in the account it was opened in, though the other one is on screen.
    ofA.close();
    expect(askedOf('close_timeline')).toEqual(['a']);
  });

  it('that has left is held by nobody', () => {
    const made: string[] = [];
    a.end();
    perAccount((account) => ({ made: made.push(account.id) }));
    expect(made).not.toContain('a');
    expect(made).toContain('b');
    expect([a.signal.aborted, b.signal.aborted]).toEqual([true, false]);
  });
});
