import { render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { expect, it, vi } from 'vitest';

import { ACTIONS } from '../../actions';
import { LOCAL_KEYS } from '../../actions/local';
import { useLanguage } from '../../words';
import Shortcuts from './Shortcuts.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

it('the sheet of shortcuts has every key of the app, and nothing a screen reader stumbles over', async () => {
  useLanguage('en');
  render(Shortcuts);
  const shown = screen.getAllByTestId('shortcut').map((line) => line.dataset['id']);
  for (const { id, keys } of [...ACTIONS, ...LOCAL_KEYS]) expect(shown.includes(id.replace(/-\d$/, '')), id).toBe(keys.length > 0);
  expect(screen.getByText('New chat').parentElement?.textContent.replace(/\s/g, '')).toBe('NewchatCtrlN');
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  expect(violations.map(({ id }) => id)).toEqual([]);
});
