import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, frame, resetHost, syncStatus, windowAnswers } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { selection } from '../../ui-state/selection.svelte';
import { toasts } from '../../ui-state/toasts.svelte';
import { useLanguage } from '../../words';
import FirstStart from './FirstStart.svelte';
import { filled } from './filled.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const input = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const type = (id: string, value: string) => fireEvent.input(input(id), { target: { value } });
async function submit(): Promise<void> {
  await fireEvent.submit(screen.getByTestId('first-start'));
  await frame();
}

describe('the first start', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    filled.form = undefined;
    windowAnswers.kept_accounts = () => ({ kept: [] });
    answers.totals = () => ({ unread: 0, mentions: 0 });
    answers.settings = () => ({ read_receipts: true, key: 'keyring', words_kept: true });
    answers.create_account = ({ name, relay }) => ({ user: 'u', device: 'd', name, relay });
    answers.chats = () => ({ chats: [] });
    answers.sync_status = () => syncStatus();
  });

  it('makes an account with the proposed relay and the keyring', async () => {
    render(FirstStart, { relay: 'http://127.0.0.1:7400', keyring: true });
    await type('name', ' Vera ');
    await type('invite', ' token ');
    await submit();
    expect(callsOf('create_account')).toEqual([{ name: 'Vera', relay: 'http://127.0.0.1:7400', invite: 'token', key: { kind: 'keyring' } }]);
  });

  it('offers no keyring where none answers, and asks twice for a passphrase', async () => {
    render(FirstStart, { relay: 'http://127.0.0.1:7400', keyring: false });
    expect(input('key-choice-keyring').disabled).toBe(true);
    expect(input('key-choice-passphrase').checked).toBe(true);
    await type('name', 'Vera');
    await type('passphrase', 'correct horse');
    await type('passphrase-again', 'correct house');
    await submit();
    expect(callsOf('create_account')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('differ');
    await type('passphrase-again', 'correct horse');
    await submit();
    expect(callsOf('create_account')).toEqual([
      { name: 'Vera', relay: 'http://127.0.0.1:7400', invite: null, key: { kind: 'passphrase', passphrase: 'correct horse' } },
    ]);
  });

  it('keeps the key in a file only when that was chosen', async () => {
    render(FirstStart, { relay: 'http://127.0.0.1:7400', keyring: true });
    await type('name', 'Vera');
    await fireEvent.click(input('key-choice-file'));
    await submit();
    expect(callsOf('create_account')).toMatchObject([{ key: { kind: 'file' } }]);
  });

  it('says at the field what is missing', async () => {
    render(FirstStart, { relay: '', keyring: true });
    await submit();
    expect(input('name').getAttribute('aria-invalid')).toBe('true');
    expect(input('relay').getAttribute('aria-invalid')).toBeNull();
    expect(callsOf('create_account')).toEqual([]);
  });

  it('lets one begin alone, with a name only', async () => {
    render(FirstStart, { relay: '', keyring: true });
    expect(screen.queryByTestId('invite')).toBeNull();
    await type('name', 'Vera');
    await submit();
    expect(callsOf('create_account')).toEqual([{ name: 'Vera', relay: '', invite: null, key: { kind: 'keyring' } }]);
    expect(callsOf('join')).toEqual([]);
  });

  it('takes an invitation into a chat, and goes there', async () => {
    answers.join = () => chatRow({ id: 'asked', status: 'asking' });
    render(FirstStart, { relay: '', keyring: true });
    await type('name', 'Vera');
    await type('relay', ' beseda:join/abc ');
    expect(screen.queryByTestId('invite')).toBeNull();
    await submit();
    expect(callsOf('create_account')).toMatchObject([{ name: 'Vera', relay: '', invite: null }]);
    expect(callsOf('join')).toEqual([{ link: 'beseda:join/abc' }]);
    expect(selection.chat).toBe('asked');
  });

  it('shows a link that cannot be used again, where it can be mended', async () => {
    answers.join = () => Promise.reject({ code: 'not_a_link', message: '' });
    render(FirstStart, { relay: '', keyring: true });
    await type('name', 'Vera');
    await type('relay', 'beseda:join/broken');
    await submit();
    await vi.waitFor(() => expect(dialogs.open).toEqual({ kind: 'join', link: 'beseda:join/broken' }));
    expect(toasts.notes.at(-1)?.key).toBe('error-not_a_link');
  });

  it.each([
    ['bad_relay_url', 'relay'],
    ['invite_required', 'invite'],
  ] as const)('puts %s at the field it is about', async (code, field) => {
    answers.create_account = () => Promise.reject({ code, message: '' });
    render(FirstStart, { relay: 'http://x', keyring: true });
    await type('name', 'Vera');
    await submit();
    expect(input(field).getAttribute('aria-invalid')).toBe('true');
    expect(screen.queryByTestId('form-error')).toBeNull();
  });

  it('says any other trouble in words', async () => {
    answers.create_account = () => Promise.reject({ code: 'disk_full', message: 'ENOSPC' });
    render(FirstStart, { relay: 'http://x', keyring: true });
    await type('name', 'Vera');
    await submit();
    expect(screen.getByTestId('form-error').textContent).toContain('The disk is full');
    expect(screen.getByTestId<HTMLButtonElement>('create-account').disabled).toBe(false);
  });
});
