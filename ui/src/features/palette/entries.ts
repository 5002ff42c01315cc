// What the palette offers: chats, people and actions for what is typed, or where one was last and all that can be done.

import { chats } from '../../core-state/chats.svelte';
import type { ChatRow } from '../../generated/ChatRow';
import type { ContactRow } from '../../generated/ContactRow';
import { ACTIONS, offered } from '../../actions';
import type { Action } from '../../actions/action';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { selection } from '../../ui-state/selection.svelte';
import { visits } from '../../ui-state/visits.svelte';
import { t, titleOf } from '../../words';
import { ranked } from './ranking';

export type Entry = { key: string; title: string; perform: () => void } & (
  | { kind: 'chat'; row: ChatRow }
  | { kind: 'person'; user: string }
  | { kind: 'action'; action: Action }
);

export interface Group {
  name: 'recent' | 'chats' | 'people' | 'actions';
  entries: Entry[];
}

/** Lines of a group when something is typed, and chats when nothing is. */
const MOST = 6;
const RECENT = 7;

const ofChat = (row: ChatRow): Entry => ({ kind: 'chat', key: `chat ${row.id}`, title: titleOf(row), row, perform: () => selection.select(row.id) });
const ofAction = (action: Action): Entry => ({ kind: 'action', key: `action ${action.id}`, title: action.title(), action, perform: action.perform });
const ofPerson = ({ user, name, own_name }: ContactRow): Entry => ({
  kind: 'person',
  key: `person ${user}`,
  title: name || own_name || t('someone'),
  user,
  perform: () => dialogs.show({ kind: 'person', user, chat: null }),
});

/** Those one was in lately first, then the others by activity; not the one on screen, which is where one is. */
function chatsByUse(): ChatRow[] {
  const rank = new Map(visits.recent.map((id, index) => [id, index]));
  const place = (row: ChatRow) => rank.get(row.id) ?? rank.size;
  return chats.rows.filter((row) => row.id !== selection.chat).toSorted((a, b) => place(a) - place(b) || b.activity - a.activity);
}

export function groupsFor(query: string, contacts: readonly ContactRow[]): Group[] {
  const actions = ACTIONS.filter((action) => action.unlisted !== true && offered(action));
  if (query.trim() === '') {
    const recent: Group = { name: 'recent', entries: chatsByUse().slice(0, RECENT).map(ofChat) };
    return [recent, { name: 'actions' as const, entries: actions.map(ofAction) }].filter(({ entries }) => entries.length > 0);
  }
  // Whoever one has a dialog with is found as that.
  const peers = new Set(chats.rows.map(({ peer }) => peer));
  const found = [
    { name: 'chats' as const, all: ranked(chatsByUse(), query, MOST, (row) => [titleOf(row), row.category]).map(({ entry, score }) => ({ entry: ofChat(entry), score })) },
    { name: 'people' as const, all: ranked(contacts.filter(({ user }) => !peers.has(user)), query, MOST, (row) => [row.name, row.own_name]).map(({ entry, score }) => ({ entry: ofPerson(entry), score })) },
    { name: 'actions' as const, all: ranked(actions, query, MOST, (action) => [action.title()]).map(({ entry, score }) => ({ entry: ofAction(entry), score })) },
  ];
  return found
    .filter(({ all }) => all.length > 0)
    .toSorted((a, b) => b.all[0]!.score - a.all[0]!.score)
    .map(({ name, all }) => ({ name, entries: all.map(({ entry }) => entry) }));
}
