import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, here, putOnScreen } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { startPump } from '../core-state/events';
import type { ChatRow } from '../generated/ChatRow';
import { answers, askedOf, called, chatRow, frame, message, resetHost, sendOf, syncStatus, windowAnswers } from '../test-host';
import { dialogs } from '../ui-state/dialogs.svelte';
import { goTo } from '../ui-state/going';
import { selection } from '../ui-state/selection.svelte';
import { stage } from '../ui-state/stage.svelte';
import { useLanguage } from '../words';
import App from './App.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const NAMES: Record<string, string> = { a: 'Anna', b: 'Anna at work' };
const TITLES: Record<string, string> = { a: 'Trip', b: 'Team' };

const rows = () => screen.queryAllByTestId('chat-row').map((row) => row.dataset['title']);
const key = (code: string) => fireEvent.keyDown(window, { code, ctrlKey: true });

/** The page as a person at `account` sees it: a window with two accounts, the first of them on screen. */
async function open(): Promise<void> {
  render(App);
  await accounts.load();
  await stage.begin();
  await frame();
}

describe('a window with two accounts', () => {
  beforeAll(() => startPump((account, came, went) => account.own(selection).moved(came, went), goTo));
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    dialogs.close();
    // happy-dom knows no observer of sizes that answers, and needs none.
    putOnScreen(new Account(''));
    accounts.all = [];
    windowAnswers.accounts = () => ({ accounts: ['a', 'b'], shown: null });
    windowAnswers.kept_accounts = () => ({ kept: [] });
    answers.start = (_, account) => ({ state: 'ready', version: '1', me: { user: `user-${account}`, device: 'd', name: NAMES[account]!, relay: `https://${account}.example.org` } });
    answers.chats = (_, account) => ({ chats: [chatRow({ id: 'c', title: TITLES[account]! })] });
    answers.sync_status = () => syncStatus();
    answers.totals = () => ({ unread: 0, mentions: 0 });
    answers.settings = () => ({ read_receipts: true, key: 'keyring', words_kept: true });
    answers.pictures = ({ users }) => ({ pictures: users.map((user) => ({ user, picture: null })) });
    answers.scheduled = () => ({ scheduled: [] });
    answers.list_messages = () => ({ messages: [], more: false });
    answers.save_draft = () => ({});
    answers.close_timeline = () => ({});
    answers.open_timeline = (_, account) => ({ timeline: 1, items: [message(`m-${account}`, { text: `said in ${account}` })], more_before: false, more_after: false, target: null });
  });

  it('shows the one or the other, by a key or a click, and never both', async () => {
    await open();
    expect(rows()).toEqual(['Trip']);
    expect(screen.getByTestId('my-name').textContent).toBe('Anna');
    await key('Digit2');
    // At once, before any frame.
    expect(rows()).toEqual(['Team']);
    expect(document.body.textContent).not.toContain('Trip');
    expect(screen.getByTestId('my-name').textContent).toBe('Anna at work');
    await fireEvent.click(screen.getAllByTestId('account-button')[0]!);
    expect(rows()).toEqual(['Trip']);
    expect(document.body.textContent).not.toContain('Team');
    await key('Digit3');
    expect(here().id).toBe('a');
  });

  it('goes where a notification leads, into another account and over whatever is open', async () => {
    await open();
    dialogs.show({ kind: 'contacts' });
    sendOf('b', { type: 'open', at: { chat: 'c', message: 'id-m-b' } });
    await frame();
    expect(here().id).toBe('b');
    expect(dialogs.open).toBeUndefined();
    await vi.waitFor(() => expect(called).toContainEqual({ name: 'open_timeline', account: 'b', args: { chat: 'c', at: { at: 'message', message: 'id-m-b' } } }));
    sendOf('a', { type: 'open', at: null });
    await frame();
    expect(here().id).toBe('a');
    expect(selection.chat).toBeUndefined();
  });

  it('keeps the place in each: the open chat, and what is being typed', async () => {
    await open();
    await fireEvent.click(screen.getByTestId('chat-row'));
    await fireEvent.input(screen.getByTestId('composer'), { target: { value: 'half a sent' } });
    await key('Digit2');
    expect(screen.queryByTestId('composer')).toBeNull();
    // What the other one had typed is on its way to its own core.
    expect(called.filter(({ name }) => name === 'save_draft')).toEqual([{ name: 'save_draft', account: 'a', args: { chat: 'c', text: 'half a sent', reply_to: null } }]);
    expect(askedOf('close_timeline')).toEqual(['a']);
    await key('Digit1');
    expect(screen.getByTestId<HTMLTextAreaElement>('composer').value).toBe('half a sent');
    expect(document.activeElement).toBe(screen.getByTestId('composer'));
  });

  it('hears events of both, and shows those of the one on screen', async () => {
    await open();
    sendOf('b', { type: 'chat', row: chatRow({ id: 'n', title: 'News', activity: 9, unread: 2 }) }, { type: 'totals', totals: { unread: 2, mentions: 0 } });
    await frame();
    expect(rows()).toEqual(['Trip']);
    expect(screen.getByTestId('account-unread').dataset['count']).toBe('2');
    await key('Digit2');
    expect(rows()).toEqual(['News', 'Team']);
  });

  it('drops an answer that comes when the screen that asked is gone', async () => {
    await open();
    let answer: (row: ChatRow) => void = () => {};
    answers.create_chat = () => new Promise((done) => (answer = done));
    await fireEvent.click(screen.getByTestId('new-chat'));
    await fireEvent.input(await screen.findByTestId('create-chat-title'), { target: { value: 'Late' } });
    await fireEvent.submit(screen.getByTestId('create-chat-title').closest('form')!);
    stage.showNth(1);
    answer(chatRow({ id: 'late', title: 'Late', activity: 99 }));
    await frame();
    expect(rows()).toEqual(['Team']);
    expect(selection.chat).toBeUndefined();
    expect(dialogs.open).toBeUndefined();
  });

  it('sends a message that waits for names to the account it was written in', async () => {
    await open();
    let answer: () => void = () => {};
    answers.members = () => new Promise((done) => (answer = () => done({ members: [] })));
    answers.send_message = () => ({ id: 'sent' });
    await fireEvent.click(screen.getByTestId('chat-row'));
    await fireEvent.input(screen.getByTestId('composer'), { target: { value: '@Boris come' } });
    await fireEvent.click(screen.getByTestId('send'));
    await key('Digit2');
    answer();
    await vi.waitFor(() => expect(askedOf('send_message')).toEqual(['a']));
    await frame();
    // Nobody is taken to the end of a chat of the other one.
    expect([here().id, selection.chat, rows()]).toEqual(['b', undefined, ['Team']]);
    await key('Digit1');
    expect(screen.getByTestId<HTMLTextAreaElement>('composer').value).toBe('');
  });

  it('leads to the relay by the menu of the account', async () => {
    await open();
    await fireEvent.keyDown(screen.getByTestId('account-menu'), { key: 'Enter' });
    await fireEvent.click(await screen.findByTestId('menu-relay'));
    expect((await screen.findByTestId('relay-address')).textContent).toBe('https://relay.example.org');
  });

  it('has no switcher where there is one account, and a menu to add another all the same', async () => {
    windowAnswers.accounts = () => ({ accounts: ['a'], shown: null });
    await open();
    expect(screen.queryByTestId('accounts')).toBeNull();
    windowAnswers.add_account = () => ({ account: 'n' });
    answers.start = () => ({ state: 'fresh', version: '1', relay: null, keyring: true });
    await fireEvent.keyDown(screen.getByTestId('account-menu'), { key: 'Enter' });
    await fireEvent.click(await screen.findByTestId('menu-account-add'));
    expect(await screen.findByTestId('first-start')).toBeTruthy();
    expect(screen.getAllByTestId('account-button')).toHaveLength(2);
    expect(rows()).toEqual([]);
    // What was filled in waits while one looks up something in the other account.
    await fireEvent.input(screen.getByTestId('name'), { target: { value: 'Anna K.' } });
    await key('Digit1');
    expect(rows()).toEqual(['Trip']);
    await key('Digit2');
    expect(screen.getByTestId<HTMLInputElement>('name').value).toBe('Anna K.');
    windowAnswers.remove_account = () => ({ accounts: ['a'], shown: null });
    await fireEvent.click(screen.getByTestId('account-back'));
    await vi.waitFor(() => expect(rows()).toEqual(['Trip']));
    expect(screen.queryByTestId('accounts')).toBeNull();
  });

  it('can unlock the one while the other is open, and go back from one that is broken', async () => {
    answers.start = (_, account) => (account === 'a' ? { state: 'locked', version: '1' } : { state: 'broken', version: '1', error: { code: 'not_a_database', message: '' } });
    answers.unlock = () => ({ user: 'user-a', device: 'd', name: 'Anna', relay: 'https://a.example.org' });
    await open();
    await key('Digit2');
    expect(screen.getByTestId('broken').dataset['code']).toBe('not_a_database');
    expect(screen.getByTestId('account-menu')).toBeTruthy();
    await key('Digit1');
    await fireEvent.input(screen.getByTestId('passphrase'), { target: { value: 'correct horse' } });
    await fireEvent.submit(screen.getByTestId('unlock'));
    await vi.waitFor(() => expect(rows()).toEqual(['Trip']));
    expect(askedOf('unlock')).toEqual(['a']);
  });

  it('says why when the accounts cannot be asked for', async () => {
    const { session } = await import('../core-state/session.svelte');
    render(App);
    here().own(session).fail({ code: 'internal', message: 'no shell' });
    expect(await screen.findByTestId('broken')).toBeTruthy();
  });

  it('is clear to assistive technology', async () => {
    await open();
    const found = await axe.run(document.body, { rules: { region: { enabled: false }, 'color-contrast': { enabled: false } } });
    expect(found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
