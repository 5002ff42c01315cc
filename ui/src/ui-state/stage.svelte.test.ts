import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, here, putOnScreen } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { session } from '../core-state/session.svelte';
import { answers, askedOf, called, callsOf, resetHost, syncStatus, windowAnswers } from '../test-host';
import { deletions } from './deletions.svelte';
import { dialogs } from './dialogs.svelte';
import { drafts } from './drafts.svelte';
import { stage } from './stage.svelte';
import { toasts } from './toasts.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const ids = () => accounts.all.map((account) => account.id);
const stateOf = (id: string) => accounts.get(id)?.own(session).start?.state;

describe('the stage', () => {
  beforeEach(async () => {
    resetHost();
    putOnScreen(new Account(''));
    windowAnswers.accounts = () => ({ accounts: ['a', 'b', 'c'], shown: null });
    answers.start = (_, account) =>
      account === 'b'
        ? { state: 'broken', version: '1', error: { code: 'not_a_database', message: '' } }
        : { state: 'ready', version: '1', me: { user: `user-${account}`, device: 'd', name: account, relay: 'https://relay.test' } };
    answers.chats = () => ({ chats: [] });
    answers.sync_status = () => syncStatus();
    answers.totals = () => ({ unread: 0, mentions: 0 });
    answers.settings = () => ({ read_receipts: true, key: 'keyring', words_kept: true });
    answers.save_draft = () => ({});
    answers.delete_message = () => ({});
    windowAnswers.show_account = () => ({});
    accounts.all = [];
    await accounts.load();
  });

  it('opens the account of the last time first, then the others', async () => {
    windowAnswers.accounts = () => ({ accounts: ['a', 'b', 'c'], shown: 'c' });
    await accounts.load();
    await stage.begin();
    expect(here().id).toBe('c');
    expect(askedOf('start')).toEqual(['c', 'a', 'b']);
    expect(ids().map(stateOf)).toEqual(['ready', 'broken', 'ready']);
  });

  it('opens the others also when the first one hangs', async () => {
    vi.useFakeTimers();
    const start = answers.start!;
    answers.start = (args, account) => (account === 'a' ? new Promise(() => {}) : start(args, account));
    void stage.begin();
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    expect(ids().map(stateOf)).toEqual([undefined, 'broken', 'ready']);
  });

  it('has nothing of two accounts up at the same time', async () => {
    await stage.begin();
    dialogs.show({ kind: 'settings' });
    const seen: unknown[] = [];
    const stop = $effect.root(() => {
      $effect(() => {
        if (!stage.up) return void seen.push('nothing');
        seen.push(here().id);
        // What a screen does when it is taken down is done in its own account.
        return () => seen.push(`bye ${here().id}`);
      });
    });
    stage.showNth(2);
    stop();
    expect(seen).toEqual(['a', 'bye a', 'nothing', 'c', 'bye c']);
    expect(dialogs.open).toBeUndefined();
    expect(callsOf('show_account')).toEqual([{ account: 'a' }, { account: 'c' }]);
    stage.showNth(7);
    expect(here().id).toBe('c');
  });

  it('takes an account off with what was typed in it, and shows the one before', async () => {
    await stage.begin();
    stage.showNth(2);
    stage.showNth(1);
    const [, b] = accounts.all;
    b!.own(drafts).type('chat', 'unfinished', null);
    b!.own(deletions).add('chat', ['m'], true);
    windowAnswers.remove_account = () => ({ accounts: ['a', 'c'], shown: null });
    await stage.remove(b!, false);
    const said = called.filter(({ name }) => ['save_draft', 'delete_message', 'remove_account'].includes(name)).map(({ name, account }) => [name, account]);
    expect(said).toEqual([
      ['save_draft', 'b'],
      ['delete_message', 'b'],
      ['remove_account', null],
    ]);
    expect([ids(), here().id, b!.signal.aborted]).toEqual([['a', 'c'], 'c', true]);
  });

  it('sends nothing more of what is erased', async () => {
    await stage.begin();
    const c = accounts.get('c')!;
    c.own(deletions).add('chat', ['m'], true);
    expect(localStorage.getItem('beseda.deletions.user-c')).not.toBeNull();
    windowAnswers.remove_account = () => ({ accounts: ['a', 'b'], shown: null });
    await stage.remove(c, true);
    expect(callsOf('remove_account')).toEqual([{ account: 'c', erase: true }]);
    expect(callsOf('delete_message')).toEqual([]);
    expect(localStorage.getItem('beseda.deletions.user-c')).toBeNull();
    expect(here().id).toBe('a');
  });

  it('opens an account again that could not be taken off', async () => {
    await stage.begin();
    windowAnswers.remove_account = () => Promise.reject({ code: 'profile_in_use', message: '' });
    await expect(stage.remove(accounts.get('a')!, true)).rejects.toMatchObject({ code: 'profile_in_use' });
    await vi.waitFor(() => expect(stateOf('a')).toBe('ready'));
    expect(askedOf('start')).toEqual(['a', 'b', 'c', 'a']);
    expect(ids()).toEqual(['a', 'b', 'c']);
  });

  it('makes room for a new account, and starts the fresh one that comes after the last', async () => {
    await stage.begin();
    windowAnswers.add_account = () => ({ account: 'n' });
    answers.start = () => ({ state: 'fresh', version: '1', relay: null, keyring: true });
    await stage.add();
    expect([ids(), here().id, stateOf('n')]).toEqual([['a', 'b', 'c', 'n'], 'n', 'fresh']);
    windowAnswers.remove_account = () => ({ accounts: ['m'], shown: null });
    await stage.remove(accounts.get('n')!, false);
    expect([here().id, stateOf('m')]).toEqual(['m', 'fresh']);
  });

  it('brings a kept account back in place of the form', async () => {
    await stage.begin();
    windowAnswers.add_account = ({ kept }) => ({ account: kept ?? 'n' });
    await stage.add();
    windowAnswers.remove_account = () => ({ accounts: ['a', 'b', 'c', 'k'], shown: null });
    await stage.bringBack('k');
    expect(callsOf('remove_account')).toEqual([{ account: 'n', erase: false }]);
    expect([ids(), here().id, stateOf('k')]).toEqual([['a', 'b', 'c', 'k'], 'k', 'ready']);
  });

  it('keeps notes of one account out of another', async () => {
    await stage.begin();
    accounts.get('c')!.own(toasts).error({ code: 'internal', message: '' });
    expect(toasts.notes).toEqual([]);
    stage.showNth(2);
    expect(toasts.notes).toHaveLength(1);
  });
});
