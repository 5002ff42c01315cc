import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { settings } from '../../core-state/settings.svelte';
import { answers, callsOf, frame, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { useLanguage } from '../../words';
import Recovery from './Recovery.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const type = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });

async function backUp(passphrase = 'battery staple', again = passphrase): Promise<void> {
  await type('backup-passphrase', passphrase);
  await type('backup-again', again);
  await fireEvent.submit(screen.getByTestId('back-up-form'));
  await frame();
}

describe('recovery in the settings', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    dialogs.close();
    settings.value = { read_receipts: true, key: 'file', words_kept: false };
    answers.back_up = () => ({});
  });

  it('says plainly whether the words are on paper', async () => {
    const { rerender } = render(Recovery);
    expect(screen.getByTestId('recovery-standing').textContent).toContain('not on paper yet');
    await fireEvent.click(screen.getByTestId('show-words'));
    expect(dialogs.open).toEqual({ kind: 'recovery-words' });
    settings.value = { read_receipts: true, key: 'file', words_kept: true };
    await rerender({});
    expect(screen.getByTestId('recovery-standing').textContent).toContain('on your paper');
    expect(screen.queryByTestId('show-words')).toBeNull();
  });

  it('writes a backup where it is told, and says where it is', async () => {
    render(Recovery);
    await fireEvent.click(screen.getByTestId('back-up'));
    expect(screen.getByTestId<HTMLInputElement>('backup-file').value).toMatch(/^~\/Beseda-\d{4}-\d\d-\d\d\.beseda$/);
    await type('backup-file', ' /tmp/all.beseda ');
    await backUp();
    expect(callsOf('back_up')).toEqual([{ file: '/tmp/all.beseda', passphrase: 'battery staple' }]);
    expect(screen.getByTestId('backed-up').textContent).toContain('/tmp/all.beseda');
  });

  it.each([
    ['short', 'short', 'eight characters'],
    ['battery staple', 'battery stable', 'differ'],
  ])('does not take the passphrases %s and %s', async (passphrase, again, says) => {
    render(Recovery);
    await fireEvent.click(screen.getByTestId('back-up'));
    await backUp(passphrase, again);
    expect(callsOf('back_up')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain(says);
  });

  it.each([
    ['backup_exists', 'already'],
    ['internal', 'cannot be written'],
  ] as const)('puts %s at the path', async (code, says) => {
    answers.back_up = () => Promise.reject({ code, message: '' });
    render(Recovery);
    await fireEvent.click(screen.getByTestId('back-up'));
    await backUp();
    expect(screen.getByTestId('backup-file').getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByRole('alert').textContent).toContain(says);
  });

  it('is for everybody to use', async () => {
    render(Recovery);
    await fireEvent.click(screen.getByTestId('back-up'));
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
