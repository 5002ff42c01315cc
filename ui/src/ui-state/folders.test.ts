import { beforeEach, describe, expect, it, vi } from 'vitest';

import { chats } from '../core-state/chats.svelte';
import { chatRow } from '../test-host';
import { FOREVER, folders, foldersOf } from './folders.svelte';
import { selection } from './selection.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const ids = () => folders.rows.map((row) => row.id);

describe('the folders of the list', () => {
  beforeEach(() => {
    for (const { id } of chats.rows) chats.remove(id);
    chats.put(chatRow({ id: 'a', category: 'Work', activity: 5, unread: 2 }));
    chats.put(chatRow({ id: 'b', category: 'fun', activity: 4, unread: 7, mentions: 1, muted_until: FOREVER }));
    chats.put(chatRow({ id: 'c', category: 'Fun', activity: 3, marked_unread: true }));
    chats.put(chatRow({ id: 'd', activity: 2, archived: true, unread: 9 }));
    chats.put(chatRow({ id: 'e', activity: 1, pinned: 1 }));
    chats.publish();
    folders.choose('all');
    selection.select(undefined);
  });

  it('are all, the filters that take something away, and every category once, with what is unread there', () => {
    expect(foldersOf(chats.rows, 0, 'all')).toEqual([
      { key: 'all', name: '', unread: 4 },
      { key: 'unread', name: '', unread: 4 },
      { key: 'mentions', name: '', unread: 1 },
      { key: '=fun', name: 'fun', unread: 2 },
      { key: '=work', name: 'Work', unread: 2 },
    ]);
  });

  it('show their chats, pinned ones first, and none that is archived', () => {
    expect(ids()).toEqual(['e', 'a', 'b', 'c']);
    folders.choose('=fun');
    expect(ids()).toEqual(['b', 'c']);
    folders.choose('archived');
    expect(ids()).toEqual(['d']);
    chats.put(chatRow({ id: 'd' }));
    chats.publish();
    expect(folders.key).toBe('all');
  });

  it('narrow the list to people, groups, blogs, and to what names this person', () => {
    chats.put(chatRow({ id: 'a', kind: 'dialog', category: 'Work', activity: 5, unread: 2 }));
    chats.put(chatRow({ id: 'c', kind: 'blog', category: 'Fun', activity: 3 }));
    chats.put(chatRow({ id: 'n', kind: 'notes', activity: 9 }));
    chats.publish();
    const shown = (['people', 'groups', 'blogs', 'mentions'] as const).map((key) => {
      folders.choose(key);
      return [folders.key, ids()];
    });
    expect(shown).toEqual([
      ['people', ['a']],
      ['groups', ['e', 'b']],
      ['blogs', ['c']],
      ['mentions', ['b']],
    ]);
    // Also when the last of them has been read, the list is still the one that was chosen.
    chats.put(chatRow({ id: 'b', category: 'fun', activity: 4 }));
    chats.publish();
    expect([folders.key, ids()]).toEqual(['mentions', []]);
    chats.remove('n');
  });

  it('keep the chat one reads among the unread, until one looks elsewhere', () => {
    folders.choose('unread');
    selection.select('a');
    chats.put(chatRow({ id: 'a', category: 'Work', activity: 5 }));
    chats.publish();
    expect(ids()).toEqual(['a', 'b', 'c']);
    selection.select('b');
    expect(ids()).toEqual(['b', 'c']);
  });

  it('are walked through by keys, and so are the chats in them', () => {
    folders.step(1);
    folders.step(1);
    folders.step(1);
    expect(folders.key).toBe('=fun');
    selection.step(1);
    selection.step(1);
    expect(selection.chat).toBe('c');
    selection.step(1);
    expect(selection.chat).toBe('c');
    folders.step(1);
    folders.step(1);
    expect(folders.key).toBe('all');
    folders.step(-1);
    expect(folders.key).toBe('=work');
  });

  it('lead from one unread chat to the next, round and round, past those that are read or muted', () => {
    chats.put(chatRow({ id: 'b', category: 'fun', activity: 4, unread: 7, muted_until: FOREVER }));
    chats.publish();
    const visited = ([1, 1, 1, -1, -1] as const).map((by) => {
      selection.stepUnread(by);
      return selection.chat;
    });
    expect(visited).toEqual(['a', 'c', 'a', 'c', 'a']);
  });
});
