import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../../core-state/account.svelte';
import { chats } from '../../core-state/chats.svelte';
import { session } from '../../core-state/session.svelte';
import { sync } from '../../core-state/sync.svelte';
import { answers, callsOf, chatRow, resetHost, syncStatus } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { preferences } from '../../ui-state/preferences.svelte';
import { selection } from '../../ui-state/selection.svelte';
import { useLanguage } from '../../words';
import Settings from './Settings.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const root = document.documentElement;
const open = (page: string) => fireEvent.click(screen.getByTestId(`settings-${page}`));

describe('the settings', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    preferences.theme = 'system';
    preferences.accent = 'green';
    preferences.chosenLanguage = 'system';
    putOnScreen(new Account('a'));
    answers.settings = () => ({ read_receipts: true, key: 'file', words_kept: true });
    answers.profile = () => ({ name: 'Anna', username: '', first_name: 'Anna', last_name: '', email: '', mobile: '', birth_date: '', description: '', picture: null, shown: [], created_at: 0 });
    answers.devices = () => ({ devices: [] });
  });

  it('go by keys from page to page, and begin where one was sent', async () => {
    render(Settings, { me: 'u', page: 'privacy' });
    expect(screen.getByTestId('settings-privacy').getAttribute('aria-selected')).toBe('true');
    expect(await screen.findByTestId('read-marks')).toBeTruthy();
    expect(callsOf('devices')).toEqual([]);
    screen.getByTestId('settings-privacy').focus();
    await fireEvent.keyDown(screen.getByTestId('settings-privacy'), { key: 'ArrowUp' });
    expect(screen.getByTestId('settings-devices').getAttribute('aria-selected')).toBe('true');
    expect(await screen.findByTestId('devices')).toBeTruthy();
  });

  it('keep what was typed on a page while one looks at another', async () => {
    render(Settings, { me: 'u' });
    await fireEvent.input(await screen.findByTestId('profile-description'), { target: { value: 'half a sent' } });
    await open('about');
    await open('profile');
    expect(screen.getByTestId<HTMLTextAreaElement>('profile-description').value).toBe('half a sent');
  });

  it('show a choice of looks at once', async () => {
    render(Settings, { me: 'u', page: 'appearance' });
    await fireEvent.click(screen.getByTestId('theme-dark'));
    await fireEvent.click(screen.getByTestId('accent-rose'));
    await fireEvent.click(screen.getByTestId('text-size-largest'));
    await fireEvent.click(screen.getByTestId('density-compact'));
    expect([root.dataset['theme'], root.dataset['accent'], root.style.getPropertyValue('--text-scale'), root.dataset['density']]).toEqual(['dark', 'rose', '1.3', 'compact']);
    await fireEvent.click(screen.getByTestId('zoom-in'));
    expect(screen.getByTestId('zoom-reset').textContent).toContain('110');
    await fireEvent.click(screen.getByTestId('zoom-reset'));
    expect(preferences.zoom).toBe(100);
  });

  it('speak another language at once, themselves too', async () => {
    render(Settings, { me: 'u', page: 'language' });
    await fireEvent.click(screen.getByTestId('language-ru'));
    await tick();
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Настройки');
    await fireEvent.click(screen.getByTestId('language-system'));
    await tick();
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Settings');
  });

  it('take a switch back that the core refuses', async () => {
    answers.set_read_receipts = () => Promise.reject({ code: 'disk_full', message: '' });
    render(Settings, { me: 'u', page: 'privacy' });
    await fireEvent.click(await screen.findByTestId('read-marks'));
    await vi.waitFor(() => expect(screen.getByTestId('privacy-error').textContent).toContain('disk is full'));
    expect(screen.getByTestId('read-marks').getAttribute('aria-checked')).toBe('true');
  });

  it('say what waits and why, and lead there and to the relay', async () => {
    sync.put(syncStatus({ state: 'offline', waiting: 2, last_sync: null }));
    chats.put(chatRow({ id: 'c9', title: 'Trip', status: 'asking' }));
    chats.publish();
    render(Settings, { me: 'u', page: 'network' });
    expect(screen.getByTestId('network-state').textContent).toBe('Offline');
    expect(screen.getByTestId('network-queue').textContent).toContain('tried again by itself');
    sync.put(syncStatus());
    await tick();
    expect(screen.getByTestId('network-queue').textContent).toBe('Nothing waits to be sent.');
    await fireEvent.click(screen.getByText('Trip'));
    expect(selection.chat).toBe('c9');
    await fireEvent.click(screen.getByTestId('network-relay'));
    expect(dialogs.open).toEqual({ kind: 'relay' });
  });

  it('say which version this is', async () => {
    session.start = { state: 'ready', version: '1.2.3', me: { user: 'u', device: 'd', name: 'Anna', relay: '' } };
    render(Settings, { me: 'u', page: 'about' });
    expect(screen.getByTestId('version').textContent).toBe('Version 1.2.3');
  });
});
