import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { sync } from '../../core-state/sync.svelte';
import { answers, callsOf, resetHost } from '../../test-host';
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
    sync.put({ state: 'offline', waiting: 2, error: null, last_sync: null, removed: false });
    render(SyncLine);
    expect(line().textContent).toContain('Offline — 2 messages wait');
    expect(line().dataset).toMatchObject({ state: 'offline', waiting: '2' });
    await fireEvent.click(screen.getByTestId('reconnect'));
    expect(callsOf('reconnect')).toHaveLength(1);
  });

  it('says what a person can do about it, and nothing about a relay that is merely away', () => {
    sync.put({ state: 'offline', waiting: 0, error: { code: 'relay_version', message: '' }, last_sync: null, removed: false });
    const { unmount } = render(SyncLine);
    expect(line().textContent).toContain('another version');
    unmount();
    sync.put({ state: 'offline', waiting: 0, error: { code: 'relay_away', message: '' }, last_sync: null, removed: false });
    render(SyncLine);
    expect(line().textContent).not.toContain('does not answer');
  });

  it('is silent when all is well, and still there to be asked', () => {
    sync.put({ state: 'up_to_date', waiting: 0, error: null, last_sync: 1, removed: false });
    render(SyncLine);
    expect(line().textContent?.trim()).toBe('');
    expect(line().dataset['state']).toBe('up_to_date');
  });
});
