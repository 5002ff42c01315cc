import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { sync } from '../../core-state/sync.svelte';
import type { SyncStatus } from '../../generated/SyncStatus';
import { answers, callsOf, frame, resetHost, syncStatus } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { useLanguage } from '../../words';
import RelayDialog from './RelayDialog.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const type = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });
const textOf = (id: string) => screen.getByTestId(id).textContent?.replace(/[\u2068\u2069]/g, '');

function open(status: Partial<SyncStatus> = {}): void {
  sync.put(syncStatus(status));
  dialogs.show({ kind: 'relay' });
  render(RelayDialog);
}

async function move(relay: string): Promise<void> {
  await type('relay-new', relay);
  await fireEvent.submit(screen.getByTestId('relay-form'));
  await frame();
}

describe('the relay of an account', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.move_relay = () => ({ told: true });
    answers.use_relay = () => ({});
    answers.reconnect = () => ({});
  });

  it('is shown by its whole address, with how it stands and what waits', async () => {
    open({ relay: 'https://relay.example.org/' });
    expect(textOf('relay-address')).toBe('https://relay.example.org');
    expect(textOf('relay-state')).toContain('Up to date');
    expect(textOf('relay-waiting')).toBe('Nothing waits to be sent.');
    sync.put(syncStatus({ state: 'offline', waiting: 3, last_sync: new Date(2026, 10, 22, 14, 2).getTime(), error: { code: 'relay_away', message: '' } }));
    await frame();
    expect(textOf('relay-state')).toContain('Offline');
    expect(textOf('relay-standing')).toContain('Last in touch: 22 November 2026 at 14:02');
    expect(textOf('relay-waiting')).toBe('3 messages wait to be sent.');
    // That it is away is said already.
    expect(screen.queryByTestId('relay-error')).toBeNull();
    await fireEvent.click(screen.getByTestId('relay-try-now'));
    expect(callsOf('reconnect')).toHaveLength(1);
    useLanguage('ru');
    await frame();
    expect(textOf('relay-waiting')).toBe('3 сообщения ждут отправки.');
  });

  it('says what is wrong with it, and how far it is filled again', () => {
    open({ error: { code: 'relay_lost', message: '' }, refilling: { done: 1, all: 4 } });
    expect(textOf('relay-error')).toContain('cannot bring back what is missing');
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('25');
  });

  it('that there is not yet is connected to, and nobody has to be told', async () => {
    open({ relay: '', state: 'offline', last_sync: null });
    expect(screen.getByTestId('relay-none').textContent).toBe('None yet');
    expect(screen.queryByTestId('relay-along')).toBeNull();
    expect(screen.queryByTestId('relay-try-now')).toBeNull();
    await move('https://relay.example.org');
    expect(callsOf('use_relay')).toEqual([{ relay: 'https://relay.example.org', invite: null }]);
    expect(callsOf('move_relay')).toEqual([]);
    expect(screen.getByTestId('relay-moved').dataset['others']).toBe('nobody');
    expect(screen.queryByTestId('relay-copy')).toBeNull();
  });

  it('that was never reached says so', () => {
    open({ state: 'connecting' });
    expect(textOf('relay-standing')).toContain('Never in touch');
  });

  it('is left for another one with the others, who are told', async () => {
    open();
    await type('relay-invite', ' token ');
    await move(' https://new.example.org/ ');
    expect(callsOf('move_relay')).toEqual([{ relay: 'https://new.example.org/', invite: 'token' }]);
    expect(callsOf('use_relay')).toEqual([]);
    expect(textOf('relay-moved')).toContain('now at new.example.org. The others are told');
    expect(screen.queryByTestId('relay-form')).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId('relay-close'));
    await fireEvent.click(screen.getByTestId('relay-close'));
    expect(dialogs.open).toBeUndefined();
  });

  it('that does not answer tells nobody: then the person must, and has the address to give', async () => {
    answers.move_relay = () => ({ told: false });
    open({ state: 'offline' });
    expect(textOf('relay-away')).toContain('hear the address from you');
    await move('https://new.example.org/');
    expect(textOf('relay-moved')).toContain('tell them the address yourself');
    expect(textOf('relay-moved-address')).toBe('https://new.example.org');
    await fireEvent.click(screen.getByTestId('relay-copy'));
    await frame();
    expect(textOf('relay-copy')).toContain('Copied');
  });

  it('is left by this device alone where that is wished', async () => {
    open();
    expect(screen.getByTestId<HTMLInputElement>('relay-along').checked).toBe(true);
    await fireEvent.click(screen.getByTestId('relay-alone'));
    await move('https://new.example.org');
    expect(callsOf('move_relay')).toEqual([]);
    expect(callsOf('use_relay')).toEqual([{ relay: 'https://new.example.org', invite: null }]);
    expect(textOf('relay-moved')).toContain('Nobody was told');
  });

  it.each([
    ['', 'Enter the address'],
    [' https://Relay.example.org/ ', 'at that relay already'],
  ])('is not left for “%s”', async (relay, says) => {
    open();
    await move(relay);
    expect(callsOf('move_relay')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain(says);
    expect(document.activeElement).toBe(screen.getByTestId('relay-new'));
  });

  it('puts a bad address at its field, and any other failure below', async () => {
    answers.move_relay = () => Promise.reject({ code: 'bad_relay_url', message: '' });
    open();
    await move('relay');
    expect(screen.getByTestId('relay-new').getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(screen.getByTestId('relay-new'));
    expect(screen.queryByTestId('form-error')).toBeNull();
    answers.move_relay = () => Promise.reject({ code: 'disk_full', message: '' });
    await move('https://new.example.org');
    expect(screen.getByTestId('relay-new').getAttribute('aria-invalid')).toBeNull();
    expect(textOf('form-error')).toContain('disk is full');
  });

  it('stays open while the others are told: what became of it is said once', async () => {
    let answer: () => void = () => {};
    answers.move_relay = () => new Promise((done) => (answer = () => done({ told: false })));
    open({ proposed: { relay: 'https://third.example.org', by: 'Anna' } });
    expect(screen.getByTestId('relay-proposal')).toBeTruthy();
    await move('https://new.example.org');
    expect(screen.getByTestId('relay-form').textContent).toContain('Telling the others');
    expect(screen.getByTestId<HTMLButtonElement>('relay-submit').disabled).toBe(true);
    // Nobody goes to two relays at once.
    expect(screen.queryByTestId('relay-proposal')).toBeNull();
    await fireEvent.click(screen.getByTestId('dialog-close'));
    expect(dialogs.open).toBeDefined();
    answer();
    await frame();
    expect(screen.getByTestId('relay-moved').dataset['others']).toBe('untold');
    await fireEvent.click(screen.getByTestId('dialog-close'));
    expect(dialogs.open).toBeUndefined();
  });

  it('that wants an invitation is given one, without a move', async () => {
    open({ state: 'offline', error: { code: 'invite_required', message: '' } });
    expect(textOf('relay-error')).toContain('wants an invitation');
    expect(screen.getByTestId<HTMLButtonElement>('relay-token-submit').disabled).toBe(true);
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('relay-token')));
    await type('relay-token', ' secret ');
    await fireEvent.submit(screen.getByTestId('relay-token-form'));
    expect(callsOf('use_relay')).toEqual([{ relay: 'https://relay.example.org', invite: 'secret' }]);
    sync.put(syncStatus({ state: 'connecting' }));
    await frame();
    expect(screen.queryByTestId('relay-token-form')).toBeNull();
  });

  it('keeps what is typed of an invitation while it is called again', async () => {
    open({ state: 'offline', error: { code: 'invite_required', message: '' } });
    await type('relay-token', 'half of it');
    for (const status of [{ state: 'connecting' }, { state: 'offline', error: { code: 'invite_required', message: '' } }] as const) {
      sync.put(syncStatus(status));
      await frame();
      expect(screen.getByTestId<HTMLInputElement>('relay-token').value).toBe('half of it');
    }
    sync.put(syncStatus());
    await frame();
    expect(screen.queryByTestId('relay-token')).toBeNull();
  });

  it('takes nobody’s keys away when it wants an invitation all of a sudden', async () => {
    open({ proposed: { relay: 'https://third.example.org', by: 'Anna' } });
    // Not the button that would move it at once.
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('relay-new')));
    sync.put(syncStatus({ state: 'offline', error: { code: 'invite_required', message: '' } }));
    await frame();
    expect(screen.getByTestId('relay-token')).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByTestId('relay-new'));
  });

  it('is only looked at on a device that was removed', () => {
    open({ removed: true, proposed: { relay: 'https://new.example.org', by: 'Anna' } });
    expect(textOf('relay-error')).toContain('was removed');
    expect(screen.queryByTestId('relay-form')).toBeNull();
    expect(screen.queryByTestId('relay-proposal')).toBeNull();
  });

  it('is for everybody to use', async () => {
    const check = async () => (await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })).violations.map(({ id }) => id);
    answers.move_relay = () => ({ told: false });
    open({ state: 'offline', error: { code: 'invite_required', message: '' }, refilling: { done: 1, all: 2 }, proposed: { relay: 'https://new.example.org', by: 'Anna' } });
    expect(await check()).toEqual([]);
    await move('https://new.example.org');
    expect(await check()).toEqual([]);
    // Twice over a whole page: slow on a busy machine.
  }, 20_000);
});
