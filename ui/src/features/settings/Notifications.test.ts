import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../../core-state/account.svelte';
import type { NoticeSettings } from '../../generated/NoticeSettings';
import { answers, callsOf, resetHost, windowAnswers } from '../../test-host';
import { attention } from '../../ui-state/attention.svelte';
import { useLanguage } from '../../words';
import Notifications from './Notifications.svelte';
import { clockOf, hasHours, hoursWith, times } from './quiet';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const usual: NoticeSettings = { enabled: true, shows: 'text', sound: true, quiet_from: 0, quiet_to: 0, quiet_until: 0 };
const last = () => (callsOf('set_notice_settings').at(-1) as { settings: NoticeSettings }).settings;

describe('the page of notifications', () => {
  beforeEach(() => {
    // At noon, so that an hour from now is today whenever this runs.
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(new Date(2026, 5, 15, 12, 0));
    attention.now = Date.now();
    resetHost();
    useLanguage('en');
    putOnScreen(new Account('a'));
    answers.notice_settings = () => usual;
    answers.set_notice_settings = () => ({});
    windowAnswers.window_settings = () => ({ close_to_tray: true, tray: true });
    windowAnswers.set_close_to_tray = () => ({});
  });

  afterEach(() => void vi.useRealTimers());

  it('says how much may be seen, when, and whether at all', async () => {
    const { container } = render(Notifications);
    await fireEvent.click(await screen.findByTestId('notices-show-sender'));
    expect(last()).toEqual({ ...usual, shows: 'sender' });
    await fireEvent.click(screen.getByTestId('notices-sound'));
    expect(last().sound).toBe(false);
    await fireEvent.click(screen.getByTestId('quiet-hours'));
    expect([last().quiet_from, last().quiet_to]).toEqual([22 * 60, 8 * 60]);
    await fireEvent.change(screen.getByTestId('quiet-from'), { target: { value: '1380' } });
    expect(last().quiet_from).toBe(1380);
    await fireEvent.click(screen.getByTestId('quiet-hour'));
    expect(last().quiet_until).toBeGreaterThan(Date.now());
    expect(screen.getByTestId('quiet-until').textContent).toContain('today');
    await fireEvent.click(screen.getByTestId('quiet-end'));
    expect(last().quiet_until).toBe(0);
    expect((await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false }, 'heading-order': { enabled: false } } })).violations).toEqual([]);
    await fireEvent.click(screen.getByTestId('notices-on'));
    expect(last().enabled).toBe(false);
    expect(screen.queryByTestId('quiet')).toBeNull();
    await fireEvent.click(screen.getByTestId('close-to-tray'));
    expect(callsOf('set_close_to_tray')).toEqual([{ on: false }]);
  });

  it('takes back what the core refuses, and says why it cannot be read', async () => {
    answers.set_notice_settings = () => Promise.reject({ code: 'disk_full', message: '' });
    const { unmount } = render(Notifications);
    await fireEvent.click(await screen.findByTestId('notices-on'));
    await vi.waitFor(() => expect(screen.getByTestId('notifications-error').textContent).toContain('disk is full'));
    expect(screen.getByTestId('notices-on').getAttribute('aria-checked')).toBe('true');
    unmount();
    answers.notice_settings = () => Promise.reject({ code: 'internal', message: '' });
    render(Notifications);
    await screen.findByTestId('notifications-error');
    expect(screen.queryByTestId('notices-on')).toBeNull();
  });

  it('says that without a tray closing ends the app', async () => {
    windowAnswers.window_settings = () => ({ close_to_tray: true, tray: false });
    render(Notifications);
    expect((await screen.findByTestId('tray')).textContent).toContain('no tray');
  });
});

describe('quiet hours', () => {
  it('are chosen by halves, and keep what is none', () => {
    expect(clockOf(0)).toBe('00:00');
    expect(clockOf(1439)).toBe('23:59');
    expect(times(0)).toHaveLength(48);
    expect(times(7 * 60 + 10).map(({ label }) => label)).toContain('07:10');
    expect(hasHours(hoursWith(true))).toBe(true);
    expect(hasHours(hoursWith(false))).toBe(false);
  });
});
