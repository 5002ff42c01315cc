// Which chats the list shows: all, those that wait for this person, those of a kind or a category, or those put away.

import { type Account, perAccount } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import type { ChatRow } from '../generated/ChatRow';
import { attention } from './attention.svelte';

/** What narrows the list by itself; in the order of the bar. */
export const FILTERS = ['unread', 'mentions', 'people', 'groups', 'blogs'] as const;
export type Filter = (typeof FILTERS)[number];

/** All, a filter, the archive, or a category in small letters after `=`. */
export type FolderKey = 'all' | Filter | 'archived' | `=${string}`;

export interface Folder {
  key: FolderKey;
  /** Of a category: as it is written. */
  name: string;
  unread: number;
}

/** A chat that is muted until then is muted for ever. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

export function isMuted(row: Pick<ChatRow, 'muted_until'>, now: number): boolean {
  return row.muted_until > now;
}

/** What a chat adds to a count; of one that is muted only what names this person. */
export function counted(row: ChatRow, now: number): number {
  if (isMuted(row, now)) return row.mentions;
  return row.unread > 0 ? row.unread : row.marked_unread ? 1 : 0;
}

const keyOf = (category: string): FolderKey => `=${category.toLocaleLowerCase()}`;

export function isIn(row: ChatRow, key: FolderKey): boolean {
  if (key === 'archived') return row.archived;
  if (row.archived) return false;
  switch (key) {
    case 'all':
      return true;
    case 'unread':
      return row.unread > 0 || row.marked_unread;
    case 'mentions':
      return row.mentions > 0;
    case 'people':
      return row.kind === 'dialog';
    case 'groups':
      return row.kind === 'group';
    case 'blogs':
      return row.kind === 'blog';
    default:
      return keyOf(row.category) === key;
  }
}

/** Filters that would take everything away, or nothing, only take room. */
function filtersOf(rows: readonly ChatRow[], chosen: FolderKey): Filter[] {
  const all = rows.filter((row) => !row.archived && row.kind !== 'notes');
  return FILTERS.filter((filter) => {
    if (filter === 'unread' || filter === chosen) return true;
    const count = all.filter((row) => isIn(row, filter)).length;
    return count > 0 && (filter === 'mentions' || count < all.length);
  });
}

/** All chats, the filters, and every category in use, by name. A filter that is `chosen` stays, also when it has become empty. */
export function foldersOf(rows: readonly ChatRow[], now: number, chosen: FolderKey): Folder[] {
  const sum = (key: FolderKey) => rows.filter((row) => isIn(row, key)).reduce((total, row) => total + (key === 'mentions' ? row.mentions : counted(row, now)), 0);
  const names = new Map<FolderKey, string>();
  for (const { category, archived } of rows) if (category !== '' && !archived && !names.has(keyOf(category))) names.set(keyOf(category), category);
  const categories = [...names].toSorted(([a], [b]) => a.localeCompare(b)).map(([key, name]) => ({ key, name, unread: sum(key) }));
  const others = filtersOf(rows, chosen).map((key): Folder => ({ key, name: '', unread: sum(key) }));
  return [{ key: 'all', name: '', unread: sum('all') }, ...others, ...categories];
}

class Folders {
  #account: Account;
  #chosen = $state<FolderKey>('all');
  /** Stays where it is though it no longer belongs there: nobody loses what they are looking at. */
  #kept = $state<string>();

  readonly list = $derived.by(() => foldersOf(this.#chats, attention.now, this.#chosen));
  readonly archived = $derived.by(() => this.#chats.filter((row) => row.archived));
  /** A category that nobody uses any more is no folder, and an empty archive is not shown. */
  readonly key = $derived.by((): FolderKey => {
    if (this.#chosen === 'archived') return this.archived.length > 0 ? 'archived' : 'all';
    return this.list.some((folder) => folder.key === this.#chosen) ? this.#chosen : 'all';
  });
  readonly rows = $derived.by(() => this.#chats.filter((row) => isIn(row, this.key) || (row.id === this.#kept && (this.key === 'unread' || this.key === 'mentions') && !row.archived)));

  constructor(account: Account) {
    this.#account = account;
  }

  get #chats(): readonly ChatRow[] {
    return this.#account.own(chats).rows;
  }

  choose(key: FolderKey): void {
    this.#chosen = key;
    this.#kept = undefined;
  }

  /** The folder beside the chosen one; after the last comes the first. */
  step(by: 1 | -1): void {
    const at = this.list.findIndex((folder) => folder.key === this.key);
    const next = this.list[(at + by + this.list.length) % this.list.length];
    if (next) this.choose(next.key);
  }

  /** A chat was opened: reading it does not take it out of the list of those that wait. */
  keep(id: string | undefined): void {
    this.#kept = id;
  }
}

export const folders = perAccount((account) => new Folders(account));
