import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, here, putOnScreen } from '../../core-state/account.svelte';
import { accounts } from '../../core-state/accounts.svelte';
import { session } from '../../core-state/session.svelte';
import { sync } from '../../core-state/sync.svelte';
import { totals } from '../../core-state/totals.svelte';
import type { Start } from '../../generated/Start';
import { answers, frame, resetHost, syncStatus } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { useLanguage } from '../../words';
import Switcher from './Switcher.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const ready = (name: string): Start => ({ state: 'ready', version: '1', me: { user: `user-${name}`, device: 'd', name, relay: 'https://relay.example.org/' } });
// Names are kept apart from the text around them.
const said = (element: HTMLElement) => element.textContent?.replace(/[\u2068\u2069]/g, '');

/** An account for each way one can stand. */
function standing(): Account[] {
  const states: Start[] = [
    ready('Anna'),
    ready('Anna at work'),
    { state: 'locked', version: '1' },
    { state: 'broken', version: '1', error: { code: 'not_a_database', message: '' } },
    { state: 'fresh', version: '1', relay: null, keyring: true },
  ];
  const all = states.map((start, index) => {
    const account = new Account(`account-${index}`);
    account.own(session).start = start;
    return account;
  });
  return [...all, new Account('account-5')];
}

describe('the switcher', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    dialogs.close();
    answers.pictures = ({ users }) => ({ pictures: users.map((user) => ({ user, picture: null })) });
    accounts.all = standing();
    putOnScreen(accounts.all[0]!);
    accounts.all[0]!.own(totals).put({ unread: 3, mentions: 1 });
    accounts.all[1]!.own(sync).put(syncStatus({ state: 'offline' }));
  });

  it('says of each account whose it is, what is unread and what is wrong', () => {
    render(Switcher);
    expect(screen.getAllByTestId('account-spoken').map(said)).toEqual([
      'Anna, relay.example.org, 3 unread messages, Mentioned in 1 message',
      'Anna at work, relay.example.org, offline',
      'Account 3, locked',
      'Account 4, does not open',
      'New account, not made yet',
      'Account 6, opening',
    ]);
    expect(screen.getByTestId('account-unread').dataset['count']).toBe('3');
    expect(screen.getByTestId('account-mentions').dataset['count']).toBe('1');
  });

  it('names the relay that an account has moved to', async () => {
    render(Switcher);
    accounts.all[1]!.own(sync).put(syncStatus({ relay: 'https://elsewhere.example.org' }));
    await frame();
    expect(said(screen.getAllByTestId('account-spoken')[1]!)).toBe('Anna at work, elsewhere.example.org');
  });

  it('counts with the core, and in Russian too', async () => {
    render(Switcher);
    accounts.all[1]!.own(totals).put({ unread: 5, mentions: 0 });
    useLanguage('ru');
    await frame();
    expect(said(screen.getAllByTestId('account-spoken')[1]!)).toBe('Anna at work, relay.example.org, 5 непрочитанных сообщений, нет связи');
    expect(said(screen.getAllByTestId('account-spoken')[2]!)).toBe('Аккаунт 3, заперт');
  });

  it('goes to an account, marks it and says so', async () => {
    render(Switcher);
    expect(screen.getByRole('status').textContent).toBe('');
    await fireEvent.click(screen.getAllByTestId('account-button')[1]!);
    expect(here()).toBe(accounts.all[1]);
    const current = screen.getAllByTestId('account-button').map((button) => button.getAttribute('aria-current'));
    expect(current).toEqual([null, 'true', null, null, null, null]);
    expect(screen.getByRole('status').textContent).toContain('Anna at work');
    expect(screen.getAllByTestId('account-button')[1]!.getAttribute('aria-keyshortcuts')).toBe('Control+2');
  });

  it('offers by its menu, with the keyboard too, to take an account off', async () => {
    render(Switcher);
    await fireEvent.keyDown(screen.getAllByTestId('account-button')[3]!, { key: 'F10', shiftKey: true });
    await fireEvent.click(await screen.findByTestId('account-remove'));
    expect(dialogs.open).toEqual({ kind: 'remove-account', account: 'account-3' });
  });

  it('is clear to assistive technology', async () => {
    const { container } = render(Switcher);
    const found = await axe.run(container, { rules: { region: { enabled: false } } });
    expect(found.violations.map((one) => one.id)).toEqual([]);
  });
});
