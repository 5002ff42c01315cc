import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { settings } from '../../core-state/settings.svelte';
import { answers, callsOf, frame, resetHost } from '../../test-host';
import { locking } from '../../ui-state/locking.svelte';
import { useLanguage } from '../../words';
import AppLock from './AppLock.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const type = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });
async function submit(): Promise<void> {
  await fireEvent.submit(screen.getByTestId('passphrase-form'));
  await frame();
}

describe('the app lock in the settings', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    locking.choose(0);
    settings.value = { read_receipts: true, key: 'file', words_kept: true };
    answers.settings = () => ({ read_receipts: true, key: 'passphrase', words_kept: true });
    answers.keep_key = () => ({});
  });

  it('wants a passphrase first, typed twice, and then locks', async () => {
    render(AppLock);
    expect(screen.queryByTestId('lock-now')).toBeNull();
    await fireEvent.click(screen.getByTestId('set-passphrase'));
    await type('new-passphrase', 'correct horse');
    await type('new-passphrase-again', 'correct house');
    await submit();
    expect(callsOf('keep_key')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('differ');
    await type('new-passphrase-again', 'correct horse');
    await submit();
    expect(callsOf('keep_key')).toEqual([{ key: { kind: 'passphrase', passphrase: 'correct horse' }, passphrase: null }]);
    expect(screen.getByTestId('lock-now')).toBeTruthy();
  });

  it('changes a passphrase only for who knows the one until now', async () => {
    settings.value = { read_receipts: true, key: 'passphrase', words_kept: true };
    answers.keep_key = () => Promise.reject({ code: 'wrong_key', message: '' });
    render(AppLock);
    await fireEvent.click(screen.getByTestId('set-passphrase'));
    await type('old-passphrase', 'guessed');
    await type('new-passphrase', 'mine');
    await type('new-passphrase-again', 'mine');
    await submit();
    expect(callsOf('keep_key')).toMatchObject([{ passphrase: 'guessed' }]);
    expect(screen.getByTestId('old-passphrase').getAttribute('aria-invalid')).toBe('true');
  });

  it('chooses after which time, for everybody to use', async () => {
    settings.value = { read_receipts: true, key: 'passphrase', words_kept: true };
    render(AppLock);
    await fireEvent.change(screen.getByTestId('lock-after'), { target: { value: '15' } });
    expect(locking.minutes).toBe(15);
    await fireEvent.click(screen.getByTestId('set-passphrase'));
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
