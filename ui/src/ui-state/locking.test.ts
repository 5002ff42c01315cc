import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '../core-state/session.svelte';
import { settings } from '../core-state/settings.svelte';
import { answers, called, callsOf, reloads, resetHost, syncStatus } from '../test-host';
import { dialogs } from './dialogs.svelte';
import { drafts } from './drafts.svelte';
import { locking } from './locking.svelte';
import { toasts } from './toasts.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const MINUTE = 60_000;
const me = { user: 'u1', device: 'd1', name: 'Anna', relay: 'http://127.0.0.1:7400' };
let stop: () => void;

describe('the app lock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    resetHost();
    localStorage.clear();
    settings.value = { read_receipts: true, key: 'passphrase', words_kept: true };
    session.start = { state: 'ready', version: '', me };
    answers.lock = () => ({});
    answers.save_draft = () => ({});
    stop = locking.watch('u1');
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it('hides everything at once, keeps what was typed, and begins the page anew', async () => {
    dialogs.show({ kind: 'settings' });
    drafts.type('c1', 'half a sen', null);
    const locked = locking.lock();
    expect(session.start).toBeUndefined();
    expect(dialogs.open).toBeUndefined();
    await locked;
    expect(called.map(({ name }) => name)).toEqual(['save_draft', 'lock']);
    expect(reloads.count).toBe(1);
  });

  it('comes after the chosen time without a touch, and not before', async () => {
    locking.choose(5);
    await vi.advanceTimersByTimeAsync(4 * MINUTE);
    window.dispatchEvent(new Event('pointermove'));
    await vi.advanceTimersByTimeAsync(4 * MINUTE);
    expect(callsOf('lock')).toEqual([]);
    await vi.advanceTimersByTimeAsync(MINUTE + 5000);
    expect(callsOf('lock')).toHaveLength(1);
  });

  it('comes at once on a machine that has slept', async () => {
    locking.choose(60);
    vi.setSystemTime(Date.now() + 61 * MINUTE);
    await vi.advanceTimersByTimeAsync(5000);
    expect(callsOf('lock')).toHaveLength(1);
  });

  it('is never by itself unless it was chosen, and the choice stays with its user', async () => {
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
    expect(callsOf('lock')).toEqual([]);
    locking.choose(15);
    stop();
    stop = locking.watch('u2');
    expect(locking.minutes).toBe(0);
    stop();
    stop = locking.watch('u1');
    expect(locking.minutes).toBe(15);
  });

  it('says what is missing where there is no passphrase', async () => {
    settings.value = { read_receipts: true, key: 'keyring', words_kept: true };
    await locking.lock();
    expect(callsOf('lock')).toEqual([]);
    expect(toasts.notes.map(({ key }) => key)).toContain('lock-no-passphrase');
    expect(session.start?.state).toBe('ready');
  });

  it('that fails leaves the app open and says so', async () => {
    answers.lock = () => Promise.reject({ code: 'internal', message: '' });
    answers.start = () => ({ state: 'ready', version: '', me });
    answers.chats = () => ({ chats: [] });
    answers.sync_status = () => syncStatus();
    answers.totals = () => ({ unread: 0, mentions: 0 });
    answers.settings = () => ({ read_receipts: true, key: 'keyring', words_kept: true });
    await locking.lock();
    expect(session.start?.state).toBe('ready');
    expect(reloads.count).toBe(0);
  });
});
