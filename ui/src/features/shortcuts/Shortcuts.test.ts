import { render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ACTIONS } from '../../actions';
import { LOCAL_KEYS } from '../../actions/local';
import { useLanguage } from '../../words';
import Shortcuts from './Shortcuts.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

describe('the sheet of shortcuts', () => {
  beforeEach(() => {
    useLanguage('en');
    render(Shortcuts);
  });

  it('has every key of the app', () => {
    const shown = screen.getAllByTestId('shortcut').map((line) => line.dataset['id']);
    for (const { id, keys } of [...ACTIONS, ...LOCAL_KEYS]) expect(shown.includes(id.replace(/-\d$/, '')), id).toBe(keys.length > 0);
    expect(screen.getByText('New chat').parentElement?.textContent.replace(/\s/g, '')).toBe('NewchatCtrlN');
  });

  it('has nothing a screen reader stumbles over', async () => {
    const { violations } = await axe.run(screen.getByTestId('dialog'), { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
