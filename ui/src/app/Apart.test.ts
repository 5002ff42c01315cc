import { render, screen } from '@testing-library/svelte';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { startPump } from '../core-state/events';
import { answers, askedOf, callsOf, chatRow, frame, message, resetHost, sendOf, syncStatus, windowAnswers, windows } from '../test-host';
import { finding } from '../ui-state/finding.svelte';
import { goTo, heed } from '../ui-state/going';
import { selection } from '../ui-state/selection.svelte';
import { stage } from '../ui-state/stage.svelte';
import { useLanguage } from '../words';
import Apart from './Apart.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

async function open(): Promise<void> {
  render(Apart);
  await accounts.load();
  await stage.beginApart('b');
  await frame();
}

describe('a window of one chat', () => {
  beforeAll(() => startPump((account, came, went) => account.own(selection).moved(came, went), goTo, heed));
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    putOnScreen(new Account(''));
    accounts.all = [];
    windows.apart = { account: 'b', chat: 'c' };
    windowAnswers.accounts = () => ({ accounts: ['a', 'b'], shown: 'a' });
    answers.start = () => ({ state: 'ready', version: '1', me: { user: 'u', device: 'd', name: 'Anna', relay: 'https://relay.example.org' } });
    answers.chats = () => ({ chats: [chatRow({ id: 'c', title: 'Trip', draft: 'half' }), chatRow({ id: 'd', title: 'Team' })] });
    answers.sync_status = () => syncStatus();
    answers.totals = () => ({ unread: 0, mentions: 0 });
    answers.settings = () => ({ read_receipts: true, key: 'passphrase', words_kept: true });
    answers.pictures = () => ({ pictures: [] });
    answers.scheduled = () => ({ scheduled: [] });
    answers.list_messages = () => ({ messages: [], more: false });
    answers.close_timeline = answers.save_draft = () => ({});
    answers.open_timeline = () => ({ timeline: 1, items: [message('1')], more_before: false, more_after: false, target: null });
  });

  it('opens its account and no other, and shows the chat with its draft under its name', async () => {
    await open();
    expect(screen.getByTestId('chat-title').textContent).toBe('Trip');
    expect(screen.getByTestId<HTMLTextAreaElement>('composer').value).toBe('half');
    expect(screen.queryByTestId('chat-list')).toBeNull();
    expect([document.title, askedOf('start'), callsOf('show_account')]).toEqual(['Trip', ['b'], []]);
  });

  it('has no way back to a list, and none to open it once more', async () => {
    await open();
    expect([screen.queryByTestId('back'), screen.queryByTestId('menu-apart')]).toEqual([null, null]);
  });

  it('is called as the chat is called now', async () => {
    await open();
    sendOf('b', { type: 'chat', row: chatRow({ id: 'c', title: 'Trip to the lake' }) });
    await frame();
    expect(document.title).toBe('Trip to the lake');
  });

  it('names nobody while it is locked', async () => {
    answers.start = () => ({ state: 'locked', version: '1' });
    await open();
    expect(screen.getByTestId('unlock')).toBeTruthy();
    expect(document.title).toBe('Beseda');
  });

  it('finds beside the chat what is searched for', async () => {
    await open();
    expect(screen.queryByTestId('search')).toBeNull();
    finding.begin('c');
    const field = await screen.findByTestId('search');
    await vi.waitFor(() => expect(document.activeElement).toBe(field));
    finding.end();
  });

  it('closes where the chat is not there any more', async () => {
    answers.chats = () => ({ chats: [chatRow({ id: 'd', title: 'Team' })] });
    await open();
    await vi.waitFor(() => expect(windows.asked).toEqual([['close']]));
  });
});
