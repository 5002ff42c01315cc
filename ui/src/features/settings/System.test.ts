import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { resetHost, system } from '../../test-host';
import { useLanguage } from '../../words';
import System from './System.svelte';
import { keysOf, writtenKeys } from './keys';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const none = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

describe('the app in its system', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
  });

  it('starts with the session when it is told to', async () => {
    render(System);
    const autostart = await screen.findByTestId('autostart');
    expect(autostart.getAttribute('aria-checked')).toBe('false');
    await fireEvent.click(autostart);
    expect(system.autostart).toBe(true);
    await vi.waitFor(() => expect(autostart.getAttribute('aria-checked')).toBe('true'));
    expect((await axe.run(document.body, { rules: { region: { enabled: false } } })).violations).toEqual([]);
  });

  it('takes the keys that are pressed, and gives them back', async () => {
    render(System);
    const field = await screen.findByTestId('shortcut');
    expect(field.textContent?.trim()).toBe('Not set');
    await fireEvent.click(field);
    expect(field.textContent?.trim()).toBe('Press the keys…');
    await fireEvent.keyDown(field, { code: 'ControlLeft', ctrlKey: true });
    expect(system.shortcut).toBeNull();
    await fireEvent.keyDown(field, { code: 'KeyB', ctrlKey: true, altKey: true });
    expect(system.shortcut).toBe('Control+Alt+KeyB');
    await vi.waitFor(() => expect(field.textContent?.trim()).toBe('Ctrl+Alt+B'));
    await fireEvent.click(screen.getByTestId('shortcut-remove'));
    expect(system.shortcut).toBeNull();
  });

  it('says that keys are taken, and keeps those there were', async () => {
    system.shortcut = 'Control+F12';
    system.refuses = 'keys_taken';
    render(System);
    const field = await screen.findByTestId('shortcut');
    await fireEvent.click(field);
    await fireEvent.keyDown(field, { code: 'KeyB', ctrlKey: true });
    expect((await screen.findByTestId('form-error')).textContent).toContain('Another program');
    expect(field.textContent?.trim()).toBe('Ctrl+F12');
  });

  it('says where the session has no such keys', async () => {
    system.shortcut_possible = false;
    render(System);
    expect(await screen.findByTestId('no-shortcut')).toBeTruthy();
    expect(screen.queryByTestId('shortcut')).toBeNull();
  });
});

describe('keys', () => {
  it('are no keys that people type with', () => {
    expect(keysOf({ ...none, code: 'KeyA' })).toBeUndefined();
    expect(keysOf({ ...none, code: 'KeyA', shiftKey: true })).toBeUndefined();
    expect(keysOf({ ...none, code: 'Tab', altKey: true })).toBeUndefined();
    expect(keysOf({ ...none, code: 'F9' })).toBe('F9');
    expect(keysOf({ code: 'Digit1', ctrlKey: true, altKey: true, shiftKey: true, metaKey: true })).toBe('Control+Alt+Shift+Super+Digit1');
  });

  it('are shown as people write them', () => {
    expect(writtenKeys('Control+Alt+BracketLeft')).toBe('Ctrl+Alt+[');
    expect(writtenKeys('Super+Digit1')).toBe('Super+1');
  });
});
