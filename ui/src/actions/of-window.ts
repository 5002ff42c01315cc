// What can be done with the window and its accounts, whichever chat is open.

import { here } from '../core-state/account.svelte';
import { accounts } from '../core-state/accounts.svelte';
import { session } from '../core-state/session.svelte';
import { settings } from '../core-state/settings.svelte';
import { chatApart } from '../host';
import { leaveApart } from '../ui-state/apart';
import { dialogs } from '../ui-state/dialogs.svelte';
import { locking } from '../ui-state/locking.svelte';
import { preferences } from '../ui-state/preferences.svelte';
import { stage } from '../ui-state/stage.svelte';
import { toasts } from '../ui-state/toasts.svelte';
import { t } from '../words';
import type { Action } from './action';

const always = () => true;

function nameOf(index: number): string {
  const start = accounts.all[index]?.own(session).start;
  return start?.state === 'ready' ? start.me.name : t('account-number', { number: index + 1 });
}

/** The place of an account in the switcher. */
const SWITCHING: Action[] = Array.from({ length: 9 }, (_, index) => ({
  id: `account-${index + 1}`,
  group: 'window',
  icon: 'person',
  title: () => t('go-account', { name: nameOf(index) }),
  keys: [`Ctrl+${index + 1}`],
  when: () => accounts.all.length > 1 && accounts.all[index] !== undefined && accounts.all[index] !== here(),
  perform: () => stage.showNth(index),
  outside: true,
}));

export const OF_WINDOW: readonly Action[] = [
  { id: 'palette', group: 'window', icon: 'search', title: () => t('palette'), keys: ['Ctrl+K'], when: always, perform: () => dialogs.show({ kind: 'palette' }), unlisted: true, apart: true },
  { id: 'create', group: 'window', icon: 'pencil', title: () => t('new-chat'), keys: ['Ctrl+N'], when: always, perform: () => dialogs.show({ kind: 'create-chat' }) },
  { id: 'join', group: 'window', icon: 'link', title: () => t('join-by-link'), keys: ['Ctrl+J'], when: always, perform: () => dialogs.show({ kind: 'join', link: '' }) },
  { id: 'shortcuts', group: 'window', icon: 'keyboard', title: () => t('shortcuts'), keys: ['Ctrl+/', 'F1'], when: always, perform: () => dialogs.show({ kind: 'shortcuts' }), apart: true },
  { id: 'to-dark', group: 'window', icon: 'moon', title: () => t('theme-to-dark'), keys: [], when: () => !preferences.dark, perform: () => preferences.toggleTheme(), apart: true },
  { id: 'to-light', group: 'window', icon: 'sun', title: () => t('theme-to-light'), keys: [], when: () => preferences.dark, perform: () => preferences.toggleTheme(), apart: true },
  { id: 'language', group: 'window', icon: 'globe', title: () => t('language-switch'), keys: [], when: always, perform: () => preferences.toggleLanguage(), apart: true },
  { id: 'zoom-in', group: 'window', icon: 'plus', title: () => t('go-part', { what: t('zoom'), name: t('zoom-in') }), keys: ['Ctrl++'], when: always, perform: () => preferences.zoomBy(1), anyway: true, outside: true, apart: true },
  { id: 'zoom-out', group: 'window', icon: 'minus', title: () => t('go-part', { what: t('zoom'), name: t('zoom-out') }), keys: ['Ctrl+-'], when: always, perform: () => preferences.zoomBy(-1), anyway: true, outside: true, apart: true },
  { id: 'zoom-none', group: 'window', icon: 'search', title: () => t('go-part', { what: t('zoom'), name: t('zoom-none') }), keys: ['Ctrl+0'], when: always, perform: () => preferences.zoomBy(0), anyway: true, outside: true, apart: true },
  // Whatever is open: who locks is in a hurry.
  { id: 'lock', group: 'window', icon: 'lock', title: () => t('lock-now'), keys: ['Ctrl+L'], when: always, perform: () => void locking.lock(), anyway: true, apart: true },
  { id: 'close-window', group: 'window', icon: 'close', title: () => t('apart-close'), keys: ['Ctrl+W'], when: () => chatApart() !== undefined, perform: () => void leaveApart(here()), apart: true },
  { id: 'words', group: 'window', icon: 'key', title: () => t('recovery-show'), keys: [], when: () => settings.value?.words_kept === false, perform: () => dialogs.show({ kind: 'recovery-words' }) },
  { id: 'account-add', group: 'window', icon: 'personAdd', title: () => t('account-add'), keys: [], when: always, perform: () => void stage.add().catch((error: unknown) => toasts.error(error)) },
  ...SWITCHING,
];
