// Going somewhere: back and forward, from chat to chat, to the places that are not chats.

import { chats } from '../core-state/chats.svelte';
import { openNotes } from '../ui-state/arranging';
import { dialogs } from '../ui-state/dialogs.svelte';
import { finding } from '../ui-state/finding.svelte';
import { folders } from '../ui-state/folders.svelte';
import { places } from '../ui-state/places.svelte';
import { room } from '../ui-state/room.svelte';
import { selection } from '../ui-state/selection.svelte';
import { t } from '../words';
import type { Action } from './action';
import { PAGES } from './pages';

const always = () => true;
const some = () => chats.rows.length > 0;

/** One thing at a time: the search, then the chat, then what the list was narrowed to. */
function close(): void {
  if (finding.on) finding.end();
  else if (selection.chat !== undefined) selection.select(undefined);
  else folders.choose('all');
}

export const GOING: readonly Action[] = [
  { id: 'back', group: 'go', icon: 'back', title: () => t('go-back'), keys: ['Alt+←'], when: () => places.canTravel(-1), perform: () => places.travel(-1) },
  { id: 'forward', group: 'go', icon: 'next', title: () => t('go-forward'), keys: ['Alt+→'], when: () => places.canTravel(1), perform: () => places.travel(1) },
  { id: 'previous-chat', group: 'go', icon: 'smallUp', title: () => t('go-previous-chat'), keys: ['Alt+↑', 'Ctrl+PageUp'], when: some, perform: () => selection.step(-1) },
  { id: 'next-chat', group: 'go', icon: 'down', title: () => t('go-next-chat'), keys: ['Alt+↓', 'Ctrl+PageDown'], when: some, perform: () => selection.step(1) },
  { id: 'previous-unread', group: 'go', icon: 'smallUp', title: () => t('go-previous-unread'), keys: ['Alt+Shift+↑'], when: () => selection.hasUnread, perform: () => selection.stepUnread(-1) },
  { id: 'next-unread', group: 'go', icon: 'down', title: () => t('go-next-unread'), keys: ['Alt+Shift+↓'], when: () => selection.hasUnread, perform: () => selection.stepUnread(1) },
  { id: 'split', group: 'go', icon: 'columns', title: () => t('split'), keys: ['Ctrl+\\'], when: () => room.two && selection.chat !== undefined && !selection.split && chats.rows.length > 1, perform: () => selection.divide() },
  { id: 'other-pane', group: 'go', icon: 'columns', title: () => t('split-cross'), keys: ['F6'], when: () => room.two && selection.split, perform: () => selection.cross() },
  { id: 'previous-folder', group: 'go', icon: 'archive', title: () => t('go-previous-folder'), keys: ['Ctrl+Shift+↑'], when: some, perform: () => folders.step(-1) },
  { id: 'next-folder', group: 'go', icon: 'archive', title: () => t('go-next-folder'), keys: ['Ctrl+Shift+↓'], when: some, perform: () => folders.step(1) },
  { id: 'archive', group: 'go', icon: 'archive', title: () => t('archive'), keys: [], when: () => folders.archived.length > 0, perform: () => folders.choose('archived') },
  { id: 'find-all', group: 'go', icon: 'search', title: () => t('search-everywhere'), keys: ['Ctrl+Shift+F'], when: always, perform: () => finding.begin(undefined) },
  { id: 'notes', group: 'go', icon: 'pencilNote', title: () => t('notes'), keys: [], when: always, perform: () => void openNotes() },
  { id: 'saved', group: 'go', icon: 'bookmark', title: () => t('saved-title'), keys: [], when: always, perform: () => dialogs.show({ kind: 'saved' }) },
  { id: 'contacts', group: 'go', icon: 'people', title: () => t('contacts'), keys: [], when: always, perform: () => dialogs.show({ kind: 'contacts' }) },
  { id: 'settings', group: 'go', icon: 'gear', title: () => t('settings'), keys: ['Ctrl+,'], when: always, perform: () => dialogs.show({ kind: 'settings' }) },
  ...PAGES.map(
    ([page, icon]): Action => ({ id: `settings-${page}`, group: 'go', icon, title: () => t('go-part', { what: t('settings'), name: t(`settings-${page}`) }), keys: [], when: always, perform: () => dialogs.show({ kind: 'settings', page }) }),
  ),
  { id: 'carry-out', group: 'go', icon: 'file', title: () => t('carry-out'), keys: [], when: always, perform: () => dialogs.show({ kind: 'settings', page: 'network', carry: 'out' }) },
  { id: 'carry-in', group: 'go', icon: 'download', title: () => t('carry-in'), keys: [], when: always, perform: () => dialogs.show({ kind: 'settings', page: 'network', carry: 'in' }) },
  { id: 'relay', group: 'go', icon: 'globe', title: () => t('relay'), keys: [], when: always, perform: () => dialogs.show({ kind: 'relay' }) },
  { id: 'close', group: 'go', icon: 'close', title: () => t('go-close'), keys: ['Esc'], when: always, perform: close, unlisted: true, apart: true },
];
