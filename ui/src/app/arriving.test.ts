import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, here, putOnScreen } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { followLinks } from '../host';
import { answers, callsOf, chatRow, frame, message, openFromOutside, resetHost, syncStatus, windowAnswers } from '../test-host';
import { arrived } from '../ui-state/arrived.svelte';
import { dialogs } from '../ui-state/dialogs.svelte';
import { selection } from '../ui-state/selection.svelte';
import { stage } from '../ui-state/stage.svelte';
import { useLanguage } from '../words';
import App from './App.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const INVITATION = 'beseda:join/AbC_-0123456789xyz';
const MESSAGE = 'beseda:message/0c/0d';

async function open(): Promise<void> {
  render(App);
  await followLinks((link) => (arrived.link = link));
  await accounts.load();
  await stage.begin();
  await frame();
}

const nobody = { code: 'no_such_chat', message: 'm' };

describe('a link that is opened outside', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    dialogs.close();
    arrived.link = undefined;
    putOnScreen(new Account(''));
    accounts.all = [];
    windowAnswers.accounts = () => ({ accounts: ['a', 'b'], shown: null });
    windowAnswers.kept_accounts = () => ({ kept: [] });
    answers.start = (_, account) => ({ state: 'ready', version: '1', me: { user: `user-${account}`, device: 'd', name: account, relay: 'https://relay.example.org' } });
    answers.chats = () => ({ chats: [chatRow({ id: 'c', title: 'Trip' })] });
    answers.sync_status = () => syncStatus();
    answers.totals = () => ({ unread: 0, mentions: 0 });
    answers.settings = () => ({ read_receipts: true, key: 'keyring', words_kept: true });
    answers.pictures = ({ users }) => ({ pictures: users.map((user) => ({ user, picture: null })) });
    answers.scheduled = () => ({ scheduled: [] });
    answers.list_messages = () => ({ messages: [], more: false });
    answers.close_timeline = () => ({});
    answers.open_timeline = () => ({ timeline: 1, items: [message('m')], more_before: false, more_after: false, target: null });
  });

  it('is filled into the joining dialog, and nothing is joined by itself', async () => {
    await open();
    openFromOutside(INVITATION);
    expect((await screen.findByTestId<HTMLTextAreaElement>('join-link')).value).toBe(INVITATION);
    expect(callsOf('join')).toEqual([]);
  });

  it('waits until the person is done with what they are in the middle of', async () => {
    await open();
    dialogs.show({ kind: 'create-chat' });
    openFromOutside(INVITATION);
    await frame();
    expect(dialogs.open?.kind).toBe('create-chat');
    dialogs.close();
    await vi.waitFor(() => expect(dialogs.open).toEqual({ kind: 'join', link: INVITATION }));
    dialogs.close();
    await frame();
    expect(dialogs.open).toBeUndefined();
  });

  it('to a message leads to the account that has it', async () => {
    answers.open_link = (_, account) => {
      if (account === 'a') throw nobody;
      return { chat: 'c', message: 'm' };
    };
    await open();
    openFromOutside(MESSAGE);
    await vi.waitFor(() => expect(here().id).toBe('b'));
    expect(selection.chat).toBe('c');
  });

  it('to a message that nobody has stays where one is, and says so', async () => {
    answers.open_link = () => {
      throw nobody;
    };
    await open();
    openFromOutside(MESSAGE);
    expect(await screen.findByText(/^This chat is not here/)).toBeTruthy();
    expect(here().id).toBe('a');
  });

  it('fills the form where there is no account yet', async () => {
    windowAnswers.accounts = () => ({ accounts: ['a'], shown: null });
    answers.start = () => ({ state: 'fresh', version: '1', relay: null, keyring: true });
    await open();
    openFromOutside(INVITATION);
    await vi.waitFor(() => expect(screen.getByTestId<HTMLInputElement>('relay').value).toBe(INVITATION));
    expect(arrived.link).toBeUndefined();
  });

  it('leaves a relay that the person has named, and opens when there is an account', async () => {
    windowAnswers.accounts = () => ({ accounts: ['a'], shown: null });
    answers.start = () => ({ state: 'fresh', version: '1', relay: null, keyring: true });
    answers.create_account = () => ({ user: 'u', device: 'd', name: 'Anna', relay: 'https://mine.example.org' });
    await open();
    await fireEvent.input(screen.getByTestId('name'), { target: { value: 'Anna' } });
    await fireEvent.input(screen.getByTestId('relay'), { target: { value: 'https://mine.example.org' } });
    openFromOutside(INVITATION);
    await frame();
    expect(screen.getByTestId<HTMLInputElement>('relay').value).toBe('https://mine.example.org');
    await fireEvent.submit(screen.getByTestId('first-start'));
    expect((await screen.findByTestId<HTMLTextAreaElement>('join-link')).value).toBe(INVITATION);
  });
});
