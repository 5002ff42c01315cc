import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { ACTIONS, offered } from '../actions';
import { Account, here, putOnScreen } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { chats } from '../core-state/chats.svelte';
import { startPump } from '../core-state/events';
import { session } from '../core-state/session.svelte';
import { answers, callsOf, chatRow, frame, reloads, resetHost, send, windows } from '../test-host';
import { deletions } from './deletions.svelte';
import { drafts } from './drafts.svelte';
import { goTo, heed } from './going';
import { places } from './places.svelte';
import { selection } from './selection.svelte';
import { stage } from './stage.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const me = { user: 'u', device: 'd', name: 'Anna', relay: 'https://r.example.org' };
const shown = () => selection.panes.map(({ chat }) => chat);

beforeAll(() => startPump((account, came, went) => account.own(selection).moved(came, went), goTo, heed));
beforeEach(() => {
  resetHost();
  putOnScreen(new Account('a'));
  session.start = { state: 'ready', version: '', me };
  answers.save_draft = () => ({});
  answers.delete_message = () => ({});
  for (const id of ['trip', 'team']) chats.put(chatRow({ id }));
  chats.publish();
});

describe('a chat in a window of its own', () => {
  it('takes along what was typed, and leaves the window it was in', async () => {
    selection.select('trip');
    drafts.type('trip', 'half a sen', null);
    await selection.openApart('trip');
    expect(callsOf('save_draft')).toEqual([{ chat: 'trip', text: 'half a sen', reply_to: null }]);
    expect(windows.asked).toEqual([['open', 'a', 'trip']]);
    expect(shown()).toEqual([]);
  });
});

describe('a window of one chat', () => {
  beforeEach(() => {
    windows.apart = { account: 'a', chat: 'trip' };
    selection.resume();
  });

  it('shows it, and leads to others in the main one', () => {
    expect(shown()).toEqual(['trip']);
    selection.select('team');
    selection.openBeside('team');
    places.message('team', 'm1');
    places.end('team');
    expect(shown()).toEqual(['trip']);
    const show = (message: string | null) => ['show', 'a', { chat: 'team', message }];
    expect(windows.asked).toEqual([show(null), show(null), show('m1'), show(null)]);
    places.message('trip', 'm2');
    expect(places.take('trip')?.at).toEqual({ at: 'message', message: 'm2' });
  });

  it('is not where the main one comes back to', () => {
    windows.apart = undefined;
    putOnScreen(new Account('a'));
    for (const id of ['trip', 'team']) chats.put(chatRow({ id }));
    selection.resume();
    expect(shown()).toEqual([]);
  });

  it('offers what can be done in it and nothing else', () => {
    const ids = new Set(ACTIONS.filter(offered).map(({ id }) => id));
    for (const id of ['find', 'info', 'palette', 'zoom-in', 'lock', 'close', 'close-window']) expect(ids, id).toContain(id);
    for (const id of ['settings', 'create', 'next-chat', 'split', 'open-apart', 'account-add']) expect(ids, id).not.toContain(id);
  });

  it('stores what was typed and deleted before it closes', async () => {
    drafts.type('trip', 'half', null);
    deletions.add('trip', ['m1'], false);
    send({ type: 'close' });
    await vi.waitFor(() => expect(windows.asked).toEqual([['close']]));
    expect([callsOf('save_draft').length, callsOf('delete_message').length]).toEqual([1, 1]);
  });

  it('closes with the account, and where nobody is in the chat any more', async () => {
    send({ type: 'removed' });
    await vi.waitFor(() => expect(windows.asked).toEqual([['close']]));
    send({ type: 'chat_gone', id: 'trip', goes_on_in: null });
    await vi.waitFor(() => expect(windows.asked).toEqual([['close'], ['close']]));
  });

  it('goes along where the chat goes on', async () => {
    chats.put(chatRow({ id: 'other' }));
    send({ type: 'chat_gone', id: 'trip', goes_on_in: 'other' });
    await frame();
    expect(shown()).toEqual(['other']);
    expect(windows.asked).toEqual([['moved', 'other']]);
  });

  it('has one account, wherever a link leads', () => {
    const other = new Account('b');
    accounts.all = [here(), other];
    stage.show(other);
    expect(here().id).toBe('a');
    accounts.all = [];
  });
});

describe('what another window does', () => {
  it('locks this one too: nothing of the account stays', () => {
    send({ type: 'locked' });
    expect([session.start, reloads.count]).toEqual([undefined, 1]);
    // One that is locked has nothing to lose.
    session.start = { state: 'locked', version: '' };
    send({ type: 'locked' });
    expect(reloads.count).toBe(1);
  });

  it('unlocks this one too', async () => {
    session.start = { state: 'locked', version: '' };
    answers.start = () => ({ state: 'broken', version: '', error: { code: 'disk_full', message: '' } });
    send({ type: 'unlocked' });
    await vi.waitFor(() => expect(session.start?.state).toBe('broken'));
  });

  it('to a draft is seen where nobody types', async () => {
    const focused = vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    drafts.type('trip', 'here', null);
    await drafts.letGo();
    expect([callsOf('save_draft').length, drafts.text('trip', 'there')]).toEqual([1, 'there']);
    focused.mockRestore();
  });

  it('leaves alone what is typed here, and what could not be stored', async () => {
    const focused = vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    drafts.type('trip', 'here', null);
    await drafts.letGo();
    expect(drafts.text('trip', 'there')).toBe('here');
    focused.mockReturnValue(false);
    answers.save_draft = () => Promise.reject({ code: 'disk_full', message: '' });
    drafts.type('trip', 'here still', null);
    await drafts.letGo();
    expect(drafts.text('trip', 'there')).toBe('here still');
    focused.mockRestore();
  });
});
