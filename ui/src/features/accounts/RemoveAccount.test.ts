import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, here, putOnScreen } from '../../core-state/account.svelte';
import { accounts } from '../../core-state/accounts.svelte';
import { session } from '../../core-state/session.svelte';
import { sync } from '../../core-state/sync.svelte';
import { answers, callsOf, resetHost, syncStatus, windowAnswers } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { toasts } from '../../ui-state/toasts.svelte';
import { useLanguage } from '../../words';
import RemoveAccount from './RemoveAccount.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const me = (name: string) => ({ user: name, device: 'd', name, relay: 'https://relay.test' });

describe('taking an account off', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.pictures = () => ({ pictures: [] });
    accounts.all = ['a', 'b'].map((id) => {
      const account = new Account(id);
      account.own(session).start = { state: 'ready', version: '1', me: me(id) };
      return account;
    });
    putOnScreen(accounts.all[0]!);
    accounts.all[1]!.own(sync).put(syncStatus({ state: 'offline', waiting: 2 }));
    windowAnswers.remove_account = () => ({ accounts: ['a'], shown: null });
    dialogs.show({ kind: 'remove-account', account: 'b' });
  });

  it('keeps its data unless asked otherwise, and says so', async () => {
    render(RemoveAccount, { account: accounts.all[1]! });
    expect(screen.getByTestId<HTMLInputElement>('remove-keep').checked).toBe(true);
    await fireEvent.click(screen.getByTestId('remove-submit'));
    await vi.waitFor(() => expect(dialogs.open).toBeUndefined());
    expect(callsOf('remove_account')).toEqual([{ account: 'b', erase: false }]);
    expect(toasts.notes.map((note) => note.key)).toContain('removed-kept');
    expect(here().id).toBe('a');
  });

  it('says what deleting costs before it deletes', async () => {
    render(RemoveAccount, { account: accounts.all[1]! });
    expect(screen.queryByTestId('remove-waiting')).toBeNull();
    await fireEvent.click(screen.getByTestId('remove-erase'));
    expect(screen.getByTestId('remove-waiting').textContent).toContain('2 messages have not been sent');
    expect(screen.getByTestId('remove-submit').textContent).toContain('Delete for good');
    await fireEvent.click(screen.getByTestId('remove-submit'));
    await vi.waitFor(() => expect(callsOf('remove_account')).toEqual([{ account: 'b', erase: true }]));
  });

  it('stays open where it fails', async () => {
    answers.start = () => ({ state: 'ready', version: '1', me: me('b') });
    answers.chats = () => ({ chats: [] });
    answers.sync_status = () => syncStatus({ state: 'offline', waiting: 2 });
    answers.totals = () => ({ unread: 0, mentions: 0 });
    answers.settings = () => ({ read_receipts: true, key: 'keyring', words_kept: true });
    windowAnswers.remove_account = () => Promise.reject({ code: 'profile_in_use', message: '' });
    render(RemoveAccount, { account: accounts.all[1]! });
    await fireEvent.click(screen.getByTestId('remove-submit'));
    expect(await screen.findByTestId('form-error')).toBeTruthy();
    expect(dialogs.open).toBeDefined();
  });
});
