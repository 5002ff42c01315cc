import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import { chatRow } from '../test-host';
import { places } from './places.svelte';
import { selection } from './selection.svelte';
import { visits } from './visits.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

function back(): string | undefined {
  places.travel(-1);
  return selection.chat;
}

function forward(): string | undefined {
  places.travel(1);
  return selection.chat;
}

describe('the way back', () => {
  beforeEach(() => {
    putOnScreen(new Account('a'));
    for (const id of ['a', 'b', 'c']) chats.put(chatRow({ id }));
    chats.publish();
  });

  it('leads through the chats one was in, and forward again', () => {
    expect(places.canTravel(-1)).toBe(false);
    for (const id of ['a', 'b', 'c']) selection.select(id);
    expect([back(), back(), places.canTravel(-1), back()]).toEqual(['b', 'a', false, 'a']);
    expect([forward(), forward(), places.canTravel(1)]).toEqual(['b', 'c', false]);
  });

  it('forgets what was ahead when one goes elsewhere', () => {
    for (const id of ['a', 'b']) selection.select(id);
    back();
    selection.select('c');
    expect([places.canTravel(1), back()]).toEqual([false, 'a']);
  });

  it('opens again the chat that was closed', () => {
    for (const id of ['a', 'b', undefined]) selection.select(id);
    expect([back(), back()]).toEqual(['b', 'a']);
  });

  it('leaves out a chat that is gone', () => {
    for (const id of ['a', 'b', 'c']) selection.select(id);
    chats.remove('b');
    expect(back()).toBe('a');
  });

  it('leads to messages, and to the one that a quote was followed from', () => {
    selection.select('a');
    places.message('a', 'old', 'new');
    places.message('b', 'm');
    places.take('b');
    places.travel(-1);
    expect(places.take('a')?.at).toEqual({ at: 'message', message: 'old' });
    places.travel(-1);
    expect(places.take('a')?.at).toEqual({ at: 'message', message: 'new' });
    expect(places.canTravel(-1)).toBe(false);
  });

  it('goes to the end of a chat whose message one was taken to', () => {
    selection.select('a');
    places.message('a', 'old');
    places.take('a');
    places.travel(-1);
    expect(places.take('a')?.at).toEqual({ at: 'end' });
  });

  it('remembers which chats one was in last', () => {
    for (const id of ['a', 'b', 'a']) selection.select(id);
    expect(visits.recent).toEqual(['a', 'b']);
  });
});
