// The pages of the settings, in their order: first who one is, then how the window is, then how it fares.

import type { IconName } from '../components/icons';
import type { SettingsPage } from '../ui-state/dialogs.svelte';

export const PAGES: [SettingsPage, IconName][] = [
  ['profile', 'person'],
  ['devices', 'device'],
  ['privacy', 'lock'],
  ['notifications', 'bell'],
  ['recovery', 'key'],
  ['appearance', 'palette'],
  ['language', 'globe'],
  ['system', 'power'],
  ['network', 'network'],
  ['storage', 'disk'],
  ['advanced', 'wrench'],
  ['about', 'info'],
];
