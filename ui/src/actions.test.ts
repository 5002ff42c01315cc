import { beforeEach, describe, expect, it, vi } from 'vitest';

import { chats } from './core-state/chats.svelte';
import { session } from './core-state/session.svelte';
import { chatRow, resetHost } from './test-host';
import { ACTIONS, actionFor, ariaKeys, offered } from './actions';
import { LOCAL_KEYS } from './actions/local';
import { dialogs } from './ui-state/dialogs.svelte';
import { finding } from './ui-state/finding.svelte';
import { folders } from './ui-state/folders.svelte';
import { selection } from './ui-state/selection.svelte';

vi.mock('./host', async () => (await import('./test-host')).hostModule);

const key = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init);
const idFor = (init: KeyboardEventInit, covered = false) => actionFor(key(init), covered)?.id;
const action = (id: string) => ACTIONS.find((one) => one.id === id)!;
const offers = (id: string) => offered(action(id));

describe('the registry of actions', () => {
  beforeEach(() => {
    resetHost();
    dialogs.close();
    finding.end();
    for (const { id } of chats.rows) chats.remove(id);
    chats.put(chatRow({ id: 'a', activity: 2 }));
    chats.put(chatRow({ id: 'b', activity: 1, unread: 1 }));
    chats.publish();
    folders.choose('all');
    selection.select(undefined);
    session.start = { state: 'ready', version: '', me: { user: 'u', device: 'd', name: 'Anna', relay: 'https://r.example.org' } };
  });

  it('gives no keys to two things, and none to an action that a field takes for itself', () => {
    const all = ACTIONS.flatMap(({ keys }) => keys);
    expect(all.toSorted()).toEqual([...new Set(all)].toSorted());
    const escape = new Set(['Esc']);
    expect(LOCAL_KEYS.flatMap(({ keys }) => keys).filter((keys) => all.includes(keys) && !escape.has(keys))).toEqual([]);
    const ids = [...ACTIONS, ...LOCAL_KEYS].map(({ id }) => id);
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
  });

  it('knows what keys ask for', () => {
    expect(idFor({ code: 'KeyK', ctrlKey: true })).toBe('palette');
    expect(idFor({ code: 'KeyF', ctrlKey: true, shiftKey: true })).toBe('find-all');
    expect(idFor({ code: 'ArrowDown', key: 'ArrowDown', ctrlKey: true, shiftKey: true })).toBe('next-folder');
    expect(idFor({ code: 'Digit9', key: 'ç', ctrlKey: true })).toBe('account-9');
    expect(idFor({ code: 'Digit0', key: '0', metaKey: true }, true)).toBe('zoom-none');
    expect(idFor({ code: 'KeyN', key: 'n' })).toBeUndefined();
    expect(ariaKeys('find', 'find-all')).toBe('Control+F Control+Shift+F');
  });

  it('leaves an open dialog and the making of a word alone, but locks', () => {
    expect(idFor({ code: 'KeyN', ctrlKey: true }, true)).toBeUndefined();
    expect(idFor({ code: 'KeyN', ctrlKey: true, isComposing: true })).toBeUndefined();
    expect(idFor({ code: 'KeyL', key: 'д', ctrlKey: true }, true)).toBe('lock');
  });

  it('offers what there is to do', () => {
    expect([offers('create'), offers('find'), offers('account-1'), offers('archive'), offers('next-unread')]).toEqual([true, false, false, false, true]);
    selection.select('b');
    expect([offers('find'), offers('read'), offers('unread'), offers('next-unread')]).toEqual([true, true, false, false]);
    session.start = { state: 'locked', version: '' };
    expect([offers('create'), offers('find')]).toEqual([false, false]);
  });

  it('closes one thing at a time', () => {
    folders.choose('unread');
    selection.select('b');
    finding.begin('b');
    const close = action('close');
    close.perform();
    expect([finding.on, selection.chat, folders.key]).toEqual([false, 'b', 'unread']);
    close.perform();
    expect([selection.chat, folders.key]).toEqual([undefined, 'unread']);
    close.perform();
    expect(folders.key).toBe('all');
  });

  it('says each thing in words', () => {
    for (const { id, title } of [...ACTIONS, ...LOCAL_KEYS]) expect(title(), id).not.toMatch(/^[a-z-]+$|^$/);
  });
});
