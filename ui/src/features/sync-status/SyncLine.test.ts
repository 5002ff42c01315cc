import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { sync } from '../../core-state/sync.svelte';
import { answers, callsOf, resetHost, syncStatus } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { useLanguage } from '../../words';
import SyncLine from './SyncLine.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const line = () => screen.getByTestId('sync-status');

describe('the line about the relay', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
  });

  it('says how many messages wait, and tries again when asked', async () => {
    answers.reconnect = () => ({});
    sync.put(syncStatus({ state: 'offline', waiting: 2 }));
    render(SyncLine);
    expect(line().textContent).toContain('Offline — 2 messages wait');
    expect(line().dataset).toMatchObject({ state: 'offline', waiting: '2' });
    await fireEvent.click(screen.getByTestId('reconnect'));
    expect(callsOf('reconnect')).toHaveLength(1);
  });

  it('leads who has begun alone to a relay, without calling it trouble', async () => {
    sync.put(syncStatus({ state: 'offline', waiting: 2, relay: '' }));
    render(SyncLine);
    expect(line().textContent).toContain('Only on this computer so far');
    expect(line().className).not.toContain('away');
    await fireEvent.click(screen.getByTestId('sync-connect'));
    expect(dialogs.open).toEqual({ kind: 'relay' });
    expect(screen.queryByTestId('reconnect')).toBeNull();
  });

  it('says what a person can do about it, and nothing about a relay that is merely away', () => {
    sync.put(syncStatus({ state: 'offline', error: { code: 'relay_version', message: '' } }));
    const { unmount } = render(SyncLine);
    expect(line().textContent).toContain('another version');
    unmount();
    sync.put(syncStatus({ state: 'offline', error: { code: 'relay_away', message: '' } }));
    render(SyncLine);
    expect(line().textContent).not.toContain('does not answer');
  });

  it('leads to why a chat waits for somebody else’s device', async () => {
    sync.put(syncStatus({ state: 'up_to_date', waiting: 1, error: { code: 'relay_lost', message: '' } }));
    render(SyncLine);
    expect(line().textContent).toContain('waits for somebody else’s device');
    expect(line().className).toContain('away');
    await fireEvent.click(screen.getByRole('button', { name: 'Why' }));
    expect(dialogs.open).toEqual({ kind: 'settings', page: 'network' });
  });

  it('tells how far the relay is given what it lacks, to screen readers once', async () => {
    sync.put(syncStatus({ state: 'behind', refilling: { done: 81, all: 200 } }));
    const { container } = render(SyncLine);
    expect(screen.getByTestId('refilling').textContent?.trim()).toBe('Giving the relay what it lacks: 40\u00a0%');
    const progress = screen.getByRole('progressbar', { name: 'Giving the relay what it lacks' });
    expect(progress.getAttribute('aria-valuenow')).toBe('40');
    // What is said aloud has no number in it, and nothing else is said meanwhile.
    expect(line().textContent?.trim()).toBe('Giving the relay what it lacks');
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it.each([
    [{ done: 0, all: 0 }, '0'],
    [{ done: 199, all: 200 }, '99'],
    [{ done: 7, all: 5 }, '100'],
  ])('counts %o as %s percent', (refilling, percent) => {
    sync.put(syncStatus({ refilling }));
    render(SyncLine);
    expect(screen.getByTestId('refilling-progress').getAttribute('aria-valuenow')).toBe(percent);
  });

  it('gives nothing back to a relay that is away', () => {
    sync.put(syncStatus({ state: 'offline', refilling: { done: 1, all: 2 } }));
    render(SyncLine);
    expect(screen.queryByTestId('refilling')).toBeNull();
  });

  it('leads to where an invitation is entered when the relay wants one', async () => {
    dialogs.close();
    sync.put(syncStatus({ state: 'offline', error: { code: 'invite_required', message: '' } }));
    render(SyncLine);
    expect(line().textContent).toContain('wants an invitation');
    expect(screen.queryByTestId('reconnect')).toBeNull();
    await fireEvent.click(screen.getByTestId('sync-invite'));
    expect(dialogs.open).toEqual({ kind: 'relay' });
  });

  it('is silent when all is well, and still there to be asked', () => {
    sync.put(syncStatus({ last_sync: 1 }));
    render(SyncLine);
    expect(line().textContent?.trim()).toBe('');
    expect(line().dataset['state']).toBe('up_to_date');
  });
});
