// Keys of single places: the field one writes in, the list of messages. Those places perform them; here they are written.

import { t } from '../words';
import type { LocalKey } from './action';

export const FORMAT_KEYS = {
  bold: 'Ctrl+B',
  italic: 'Ctrl+I',
  strike: 'Ctrl+Shift+X',
  spoiler: 'Ctrl+Shift+P',
  code: 'Ctrl+Shift+M',
  quote: 'Ctrl+Shift+.',
  // Not Ctrl+K, which goes anywhere also while one writes.
  link: 'Ctrl+Shift+K',
} as const;

export const PASTE_PLAIN = 'Ctrl+Shift+V';
export const UNDO = 'Ctrl+Z';
export const REDO: readonly string[] = ['Ctrl+Shift+Z', 'Ctrl+Y'];

const formats: LocalKey[] = (Object.keys(FORMAT_KEYS) as (keyof typeof FORMAT_KEYS)[]).map((format) => ({
  id: `format-${format}`,
  group: 'write',
  title: () => t(`format-${format}`),
  keys: [FORMAT_KEYS[format]],
}));

export const OPEN_BESIDE = 'Ctrl+Enter';
export const OPEN_APART = 'Shift+Enter';

export const LOCAL_KEYS: readonly LocalKey[] = [
  { id: 'open-beside', group: 'go', title: () => t('key-open-beside'), keys: [OPEN_BESIDE] },
  { id: 'open-apart-key', group: 'go', title: () => t('key-open-apart'), keys: [OPEN_APART] },
  { id: 'message-step', group: 'read', title: () => t('key-message-step'), keys: ['↑', '↓'] },
  { id: 'message-menu', group: 'read', title: () => t('message-menu'), keys: ['Enter'] },
  { id: 'message-end', group: 'read', title: () => t('jump-down'), keys: ['End'] },
  { id: 'send', group: 'write', title: () => t('send'), keys: ['Enter'] },
  { id: 'new-line', group: 'write', title: () => t('key-new-line'), keys: ['Shift+Enter'] },
  { id: 'edit-last', group: 'write', title: () => t('key-edit-last'), keys: ['↑'] },
  { id: 'give-up', group: 'write', title: () => t('key-give-up'), keys: ['Esc'] },
  { id: 'undo', group: 'write', title: () => t('undo'), keys: [UNDO] },
  { id: 'redo', group: 'write', title: () => t('key-redo'), keys: REDO },
  { id: 'paste-plain', group: 'write', title: () => t('key-paste-plain'), keys: [PASTE_PLAIN] },
  ...formats,
];
