import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, frame, resetHost, syncStatus } from '../../test-host';
import { useLanguage } from '../../words';
import FirstStart from './FirstStart.svelte';
import { wordsOf } from './form';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const RELAY = 'http://127.0.0.1:7400';
const WORDS = Array.from({ length: 24 }, (_, at) => `word${String.fromCharCode(97 + at)}`);
const input = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const type = (id: string, value: string) => fireEvent.input(input(id), { target: { value } });
const violations = async () => (await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })).violations.map(({ id }) => id);

async function submit(form: string): Promise<void> {
  await fireEvent.submit(screen.getByTestId(form));
  await frame();
}

describe('coming back with recovery words', () => {
  beforeEach(async () => {
    resetHost();
    useLanguage('en');
    answers.recover = ({ relay }) => ({ user: 'u', device: 'd', name: 'Vera', relay });
    answers.cancel_recovering = () => ({});
    answers.chats = () => ({ chats: [] });
    answers.sync_status = () => syncStatus();
    render(FirstStart, { relay: RELAY, keyring: true });
    await fireEvent.click(screen.getByTestId('have-words'));
  });

  it('takes the words as they are pasted', async () => {
    await type('recover-words', WORDS.map((word, at) => `${at + 1}. ${word.toUpperCase()}\n`).join(''));
    await submit('recover-form');
    expect(callsOf('recover')).toEqual([{ words: WORDS.join(' '), relay: RELAY, invite: null, key: { kind: 'keyring' } }]);
  });

  it('counts them before anybody is asked', async () => {
    await type('recover-words', WORDS.slice(1).join(' '));
    await submit('recover-form');
    expect(callsOf('recover')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('these are 23');
    expect(document.activeElement).toBe(input('recover-words'));
  });

  it.each([
    ['bad_words', 'recover-words'],
    ['bad_relay_url', 'relay'],
    ['invite_required', 'invite'],
  ] as const)('puts %s at the field it is about', async (code, field) => {
    answers.recover = () => Promise.reject({ code, message: '' });
    await type('recover-words', WORDS.join(' '));
    await submit('recover-form');
    expect(input(field).getAttribute('aria-invalid')).toBe('true');
    expect(screen.queryByTestId('form-error')).toBeNull();
  });

  it('says that there is no backup, or no answer', async () => {
    for (const [code, says] of [['no_backup', 'keeps no backup'], ['relay_away', 'does not answer']] as const) {
      answers.recover = () => Promise.reject({ code, message: '' });
      await type('recover-words', WORDS.join(' '));
      await submit('recover-form');
      expect(screen.getByTestId('form-error').textContent).toContain(says);
    }
  });

  it('says that it is asking, and can be given up', async () => {
    answers.recover = () => new Promise(() => {});
    await type('recover-words', WORDS.join(' '));
    await submit('recover-form');
    expect(screen.getByRole('status').textContent).toContain('Asking your relay');
    await fireEvent.click(screen.getByTestId('recover-back'));
    expect(callsOf('cancel_recovering')).toHaveLength(1);
    expect(screen.getByTestId('first-start')).toBeTruthy();
  });

  it('is for everybody to use', async () => {
    expect(await violations()).toEqual([]);
  });
});

describe('restoring from a file', () => {
  beforeEach(async () => {
    resetHost();
    useLanguage('en');
    answers.restore = () => ({ user: 'u', device: 'd', name: 'Vera', relay: RELAY });
    answers.chats = () => ({ chats: [] });
    answers.sync_status = () => syncStatus();
    render(FirstStart, { relay: RELAY, keyring: true });
    await fireEvent.click(screen.getByTestId('have-file'));
  });

  it('wants the file and its passphrase', async () => {
    await submit('restore-form');
    expect([input('backup-file'), input('backup-passphrase')].map((field) => field.getAttribute('aria-invalid'))).toEqual(['true', 'true']);
    await type('backup-file', ' ~/all.beseda ');
    await type('backup-passphrase', 'battery staple');
    await submit('restore-form');
    expect(callsOf('restore')).toEqual([{ file: '~/all.beseda', passphrase: 'battery staple', key: { kind: 'keyring' } }]);
  });

  it.each([
    ['wrong_key', 'backup-passphrase'],
    ['not_a_backup', 'backup-file'],
    ['internal', 'backup-file'],
  ] as const)('puts %s at the field it is about', async (code, field) => {
    answers.restore = () => Promise.reject({ code, message: '' });
    await type('backup-file', '/tmp/x');
    await type('backup-passphrase', 'battery staple');
    await submit('restore-form');
    expect(input(field).getAttribute('aria-invalid')).toBe('true');
    expect(screen.queryByTestId('form-error')).toBeNull();
  });

  it('is for everybody to use', async () => {
    expect(await violations()).toEqual([]);
  });
});

it('reads words in lines, columns and with numbers', () => {
  expect(wordsOf('1. Oak\n2) lake;  3 harbour,')).toEqual(['oak', 'lake', 'harbour']);
});
