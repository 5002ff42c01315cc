import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../../core-state/account.svelte';
import { chats } from '../../core-state/chats.svelte';
import { session } from '../../core-state/session.svelte';
import type { FoundRow } from '../../generated/FoundRow';
import { answers, callsOf, chatRow, frame, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { finding } from '../../ui-state/finding.svelte';
import { places } from '../../ui-state/places.svelte';
import { selection } from '../../ui-state/selection.svelte';
import { useLanguage } from '../../words';
import Palette from './Palette.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const found: FoundRow = { message: 'm1', chat: 'trip', chat_title: 'Trip', author: 'u1', author_name: 'Anna', mine: false, text: 'the red tent', highlights: [[8, 12]], at: 0, url: null };

const input = () => screen.getByTestId<HTMLInputElement>('palette-input');
/** Without the letters in place of a picture. */
const wordsOf = (item: HTMLElement) => item.textContent.trim().replace(/^\p{Lu}+ /u, '').replace(/\s+/g, ' ');
const items = (kind?: string) => screen.queryAllByTestId('palette-item').filter((item) => kind === undefined || item.dataset['kind'] === kind).map(wordsOf);
const chosen = () => screen.getAllByTestId('palette-item').filter((item) => item.getAttribute('aria-selected') === 'true').map(wordsOf)[0];

async function type(query: string): Promise<void> {
  await fireEvent.input(input(), { target: { value: query } });
  await frame();
}

describe('the palette', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    putOnScreen(new Account('a'));
    session.start = { state: 'ready', version: '', me: { user: 'u', device: 'd', name: 'Me', relay: 'https://r.example.org' } };
    answers.contacts = () => ({ contacts: [{ user: 'u2', name: 'Boris', own_name: 'Boris' }, { user: 'u3', name: 'Timur', own_name: 'Timur' }], blocked: [] });
    answers.search = () => ({ messages: [found], cursor: null });
    chats.put(chatRow({ id: 'trip', title: 'Trip to the lake', activity: 3 }));
    chats.put(chatRow({ id: 'boris', kind: 'dialog', title: 'Boris', peer: 'u2', activity: 2 }));
    chats.put(chatRow({ id: 'news', kind: 'blog', title: 'Ёлка', activity: 1 }));
    chats.publish();
    dialogs.show({ kind: 'palette' });
  });

  it('offers where one was lately first, and then everything that can be done', () => {
    selection.select('news');
    selection.select('boris');
    render(Palette);
    expect(items('chat')).toEqual(['Ёлка', 'Trip to the lake']);
    expect(items('action')).toContain('New chat CtrlN');
    expect(items('action').some((item) => item.startsWith('Leave'))).toBe(true);
    expect(callsOf('search')).toEqual([]);
  });

  it('finds chats, people, actions and messages by a few letters', async () => {
    render(Palette);
    await type('елк');
    expect(items('chat')).toEqual(['Ёлка']);
    // In the other layout.
    await type('`krf');
    expect(items('chat')).toEqual(['Ёлка']);
    await type('ttl');
    expect(items('chat')).toEqual(['Trip to the lake']);
    await type('bor');
    // Once, as the dialog with him.
    expect([items('chat'), items('person')]).toEqual([['Boris'], []]);
    await type('tim');
    expect(items('person')).toEqual(['Timur']);
    await type('newch');
    expect(items('action')[0]).toBe('New chat CtrlN');
    await type('tent');
    await vi.waitFor(() => expect(items('message')[0]).toContain('the red tent'));
    await vi.waitFor(() => expect(callsOf('search').at(-1)).toMatchObject({ query: 'tent', chat: null }));
  });

  it('is used by keys alone: goes to a chat, does a thing, shows a message', async () => {
    const { unmount } = render(Palette);
    await frame();
    expect(document.activeElement).toBe(input());
    await type('trip');
    await vi.waitFor(() => expect(chosen()).toBe('Trip to the lake'));
    await fireEvent.keyDown(input(), { key: 'Enter' });
    await vi.waitFor(() => expect(selection.chat).toBe('trip'));
    expect(dialogs.open).toBeUndefined();
    unmount();

    dialogs.show({ kind: 'palette' });
    const second = render(Palette);
    await type('new chat');
    await vi.waitFor(() => expect(chosen()).toContain('New chat'));
    await fireEvent.keyDown(input(), { key: 'Enter' });
    await vi.waitFor(() => expect(dialogs.open?.kind).toBe('create-chat'));
    second.unmount();

    dialogs.show({ kind: 'palette' });
    render(Palette);
    await type('tent');
    await vi.waitFor(() => expect(items('message')).toHaveLength(1));
    await vi.waitFor(async () => {
      if (!chosen()?.includes('red tent')) await fireEvent.keyDown(input(), { key: 'ArrowDown' });
      expect(chosen()).toContain('the red tent');
    });
    await fireEvent.keyDown(input(), { key: 'Enter' });
    await vi.waitFor(() => expect(places.take('trip')?.at).toEqual({ at: 'message', message: 'm1' }));
  });

  it('opens a chat beside the one on screen where there is room', async () => {
    const { happyDOM } = window as unknown as { happyDOM: { setViewport(size: { width: number }): void } };
    happyDOM.setViewport({ width: 1400 });
    selection.select('news');
    render(Palette);
    await type('trip');
    await vi.waitFor(() => expect(chosen()).toBe('Trip to the lake'));
    await fireEvent.keyDown(input(), { key: 'Enter', code: 'Enter', ctrlKey: true });
    await vi.waitFor(() => expect(selection.panes.map(({ chat }) => chat)).toEqual(['news', 'trip']));
    happyDOM.setViewport({ width: 1024 });
  });

  it('hands a search over to where all its answers are', async () => {
    render(Palette);
    await type('lake');
    await fireEvent.click(screen.getAllByTestId('palette-item').find((item) => item.dataset['kind'] === 'search')!);
    await vi.waitFor(() => expect([finding.on, finding.query]).toEqual([true, 'lake']));
    finding.end();
  });

  it('closes by the key that opened it, and says when something went wrong', async () => {
    answers.contacts = () => Promise.reject({ code: 'internal', message: 'x' });
    render(Palette);
    expect(await screen.findByTestId('palette-error')).toBeTruthy();
    await fireEvent.keyDown(input(), { code: 'KeyK', key: 'k', ctrlKey: true });
    expect(dialogs.open).toBeUndefined();
  });

  it('has nothing a screen reader stumbles over', async () => {
    render(Palette);
    await type('tri');
    await vi.waitFor(() => expect(chosen()).toContain('Trip'));
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
