import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { chats } from '../../core-state/chats.svelte';
import type { FoundRow } from '../../generated/FoundRow';
import { answers, callsOf, chatRow, frame, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { info } from '../../ui-state/info.svelte';
import { selection } from '../../ui-state/selection.svelte';
import { useLanguage } from '../../words';
import InfoPanel from './InfoPanel.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const { happyDOM } = window as unknown as { happyDOM: { setViewport(size: { width: number }): void } };
const pin = (message: string): FoundRow => ({ message, chat: 'c1', chat_title: 'Trip', author: 'u1', author_name: 'Anna', mine: false, text: `text ${message}`, highlights: [], at: 0, url: null });
const pinned = () => screen.queryAllByTestId('found').map((row) => row.dataset['message']);

describe('what is known of a chat', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    dialogs.close();
    info.close();
    selection.select(undefined);
    for (const id of ['c1', 'c2']) chats.put(chatRow({ id }));
    chats.publish();
    answers.members = () => ({ members: [] });
    answers.list_messages = () => ({ messages: [pin('b'), pin('a')], more: false });
    answers.mute_chat = () => ({});
    happyDOM.setViewport({ width: 1400 });
  });
  afterEach(() => happyDOM.setViewport({ width: 1024 }));

  it('stands beside the chat where there is room, and over it where there is none', () => {
    info.show('c1', 'links');
    expect([info.open, info.tab, selection.chat, dialogs.open]).toEqual([true, 'links', 'c1', undefined]);
    info.toggle('c1');
    expect(info.open).toBe(false);
    happyDOM.setViewport({ width: 1100 });
    info.show('c2', 'pinned');
    expect([info.open, dialogs.open]).toEqual([false, { kind: 'info', chat: 'c2', tab: 'pinned' }]);
  });

  it('is of another chat when its button is pressed there', () => {
    info.show('c1', 'members');
    info.toggle('c2');
    expect([info.open, selection.chat]).toEqual([true, 'c2']);
  });

  it('takes the focus when it was asked for, and closes with Escape', async () => {
    info.show('c1', 'pinned');
    render(InfoPanel, { chat: chatRow({ id: 'c1' }) });
    await frame();
    expect(document.activeElement).toBe(screen.getByTestId('tab-pinned'));
    await fireEvent.keyDown(screen.getByTestId('tab-pinned'), { key: 'Escape' });
    expect(info.open).toBe(false);
  });

  it('shows what has come while it is open, and keeps what was loaded before', async () => {
    info.show('c1', 'pinned');
    const { rerender } = render(InfoPanel, { chat: chatRow({ id: 'c1' }) });
    await vi.waitFor(() => expect(pinned()).toEqual(['b', 'a']));
    answers.list_messages = () => ({ messages: [pin('c'), pin('b')], more: true });
    await rerender({ chat: chatRow({ id: 'c1', activity: 2 }) });
    await vi.waitFor(() => expect(pinned()).toEqual(['c', 'b', 'a']));
    answers.list_messages = () => ({ messages: [pin('d')], more: false });
    await rerender({ chat: chatRow({ id: 'c1', activity: 3 }) });
    await vi.waitFor(() => expect(pinned()).toEqual(['d']));
  });

  it('shows the members of a dialog in place of the rights that it does not have', async () => {
    info.show('c1', 'rights');
    render(InfoPanel, { chat: chatRow({ id: 'c1', kind: 'dialog', title: 'Boris' }) });
    expect(await screen.findByTestId('member-list')).toBeTruthy();
    expect(screen.queryByTestId('tab-rights')).toBeNull();
  });

  it('has the usual deeds at hand', async () => {
    render(InfoPanel, { chat: chatRow({ id: 'c1', muted_until: 0 }) });
    await fireEvent.click(screen.getByTestId('info-mute'));
    expect(callsOf('mute_chat')).toEqual([{ chat: 'c1', until: Number.MAX_SAFE_INTEGER }]);
    await fireEvent.click(screen.getByTestId('info-invite'));
    expect(dialogs.open).toEqual({ kind: 'invite', chat: 'c1' });
  });

  it('has nothing a screen reader stumbles over', async () => {
    info.show('c1', 'pinned');
    render(InfoPanel, { chat: chatRow({ id: 'c1', description: 'to the sea' }) });
    await screen.findAllByTestId('found');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
