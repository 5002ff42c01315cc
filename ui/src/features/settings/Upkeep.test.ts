import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../../core-state/account.svelte';
import { works } from '../../core-state/works.svelte';
import type { CheckRow } from '../../generated/CheckRow';
import type { Examined } from '../../generated/Examined';
import type { ProfileCheck } from '../../generated/ProfileCheck';
import type { Storage as Sizes } from '../../generated/Storage';
import { answers, callsOf, copied, resetHost } from '../../test-host';
import { toasts } from '../../ui-state/toasts.svelte';
import { useLanguage } from '../../words';
import Advanced from './Advanced.svelte';
import Storage from './Storage.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const sizes = (over: Partial<Sizes> = {}): Sizes => ({
  parts: [
    { part: 'messages', bytes: 2_000_000 },
    { part: 'changes', bytes: 5_000_000 },
    { part: 'search', bytes: 0 },
  ],
  file: 9_000_000,
  log: 1_000_000,
  clearable: 3_000_000,
  chats: 2,
  messages: 40,
  changes: 50,
  ...over,
});
const row = (check: ProfileCheck, what?: string): CheckRow => ({ check, looked_at: 7, findings: what === undefined ? [] : [{ chat: null, what }], more: 0 });

beforeEach(() => {
  resetHost();
  useLanguage('en');
  putOnScreen(new Account('a'));
});

describe('what takes room', () => {
  it('is told by its parts, and those that take none are left out', async () => {
    answers.storage = () => sizes();
    render(Storage);
    expect((await screen.findByTestId('storage-size')).textContent).toMatch(/^10\sMB$/);
    expect(screen.getAllByTestId('storage-part').map((part) => part.dataset['part'])).toEqual(['messages', 'changes']);
  });

  it('is less when caches went, and says so', async () => {
    answers.storage = () => sizes();
    answers.clear_caches = () => sizes({ file: 6_000_000, log: 0, clearable: 0 });
    render(Storage);
    await fireEvent.click(await screen.findByTestId('clear-caches'));
    await vi.waitFor(() => expect(screen.getByTestId('storage-size').textContent).toMatch(/^6\sMB$/));
    expect(toasts.notes.at(-1)?.key).toBe('storage-cleared');
  });

  it('stays on screen when the disk is too full for it', async () => {
    answers.storage = () => sizes();
    answers.clear_caches = () => Promise.reject({ code: 'disk_full', message: '' });
    render(Storage);
    await fireEvent.click(await screen.findByTestId('clear-caches'));
    expect((await screen.findByTestId('storage-error')).textContent).toContain('disk is full');
    expect(screen.getByTestId('storage-size')).toBeTruthy();
  });

  it('can be asked for again where it could not be told', async () => {
    answers.storage = () => Promise.reject({ code: 'internal', message: '' });
    render(Storage);
    await screen.findByTestId('storage-error');
    answers.storage = () => sizes();
    await fireEvent.click(screen.getByTestId('storage-again'));
    expect(await screen.findByTestId('storage-size')).toBeTruthy();
  });
});

describe('the doctor', () => {
  it('shows how far it is, can be stopped, and says so', async () => {
    let answer: (examined: Examined) => void = () => {};
    answers.examine = () => new Promise((done) => (answer = done));
    answers.stop_examining = () => {
      answer({ checks: [] });
      return {};
    };
    render(Advanced);
    await fireEvent.click(screen.getByTestId('doctor-examine'));
    works.put('examining', 42, 100);
    await tick();
    expect(screen.getByTestId('doctor-progress').getAttribute('aria-valuenow')).toBe('42');
    await fireEvent.click(screen.getByTestId('doctor-stop'));
    await vi.waitFor(() => expect(screen.getByTestId('doctor-examine')).toBeTruthy());
    expect(toasts.notes.at(-1)?.key).toBe('doctor-stopped');
    expect(screen.queryByTestId('doctor-verdict')).toBeNull();
  });

  it.each([
    ['all is whole', [row('pages'), row('index')], 'true', 'Everything is whole'],
    ['a rebuild mends it', [row('pages'), row('index', 'messages are missing in it')], 'false', 'Rebuild and check'],
    ['the file is damaged', [row('pages', 'HMAC verification failed'), row('index', 'not looked at')], 'false', 'damaged'],
  ])('says what to do: %s', async (_, checks, whole, says) => {
    answers.examine = () => ({ checks });
    render(Advanced);
    await fireEvent.click(screen.getByTestId('doctor-rebuild'));
    const verdict = await screen.findByTestId('doctor-verdict');
    expect([verdict.dataset['whole'], verdict.textContent]).toEqual([whole, expect.stringContaining(says)]);
    expect(callsOf('examine')).toEqual([{ rebuild: true }]);
    expect(screen.getAllByTestId('doctor-check')).toHaveLength(2);
  });

  it('copies the figures, with what it found', async () => {
    answers.storage = () => sizes();
    answers.examine = () => ({ checks: [row('documents', 'the saved document 3 is not whole')] });
    render(Advanced);
    await fireEvent.click(screen.getByTestId('doctor-examine'));
    await screen.findByTestId('doctor-verdict');
    await fireEvent.click(screen.getByTestId('diagnostics-copy'));
    await vi.waitFor(() => expect(copied[0]).toContain('check documents: 1 findings'));
    expect(copied[0]).toContain('messages: 40');
  });
});
