// Which chats the list shows: all, those with something unread, those of a category, or those put away.

import { type Account, perAccount } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import type { ChatRow } from '../generated/ChatRow';
import { attention } from './attention.svelte';

/** `all`, `unread`, `archived`, or a category in small letters after `=`. */
export type FolderKey = 'all' | 'unread' | 'archived' | `=${string}`;

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
  if (key === 'unread') return row.unread > 0 || row.marked_unread;
  return key === 'all' || keyOf(row.category) === key;
}

/** Every category in use, by name; before them all chats and those with something unread. */
export function foldersOf(rows: readonly ChatRow[], now: number): Folder[] {
  const sum = (key: FolderKey) => rows.filter((row) => isIn(row, key)).reduce((total, row) => total + counted(row, now), 0);
  const names = new Map<FolderKey, string>();
  for (const { category, archived } of rows) if (category !== '' && !archived && !names.has(keyOf(category))) names.set(keyOf(category), category);
  const categories = [...names].toSorted(([a], [b]) => a.localeCompare(b)).map(([key, name]) => ({ key, name, unread: sum(key) }));
  return [{ key: 'all', name: '', unread: sum('all') }, { key: 'unread', name: '', unread: sum('unread') }, ...categories];
}

class Folders {
  #account: Account;
  #chosen = $state<FolderKey>('all');
  /** Stays where it is though it no longer belongs there: nobody loses what they are looking at. */
  #kept = $state<string>();

  readonly list = $derived.by(() => foldersOf(this.#chats, attention.now));
  readonly archived = $derived.by(() => this.#chats.filter((row) => row.archived));
  /** A category that nobody uses any more is no folder, and an empty archive is not shown. */
  readonly key = $derived.by((): FolderKey => {
    if (this.#chosen === 'archived') return this.archived.length > 0 ? 'archived' : 'all';
    return this.list.some((folder) => folder.key === this.#chosen) ? this.#chosen : 'all';
  });
  readonly rows = $derived.by(() => this.#chats.filter((row) => isIn(row, this.key) || (row.id === this.#kept && this.key === 'unread' && !row.archived)));

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

  /** A chat was opened: reading it does not take it out of the list of the unread. */
  keep(id: string | undefined): void {
    this.#kept = id;
  }
}

export const folders = perAccount((account) => new Folders(account));
