import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { FoundRow } from '../../generated/FoundRow';
import { answers, callsOf, chatRow, opened, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { places } from '../../ui-state/places.svelte';
import { useLanguage } from '../../words';
import ChatInfo from './ChatInfo.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const link: FoundRow = { message: 'm1', chat: 'c1', chat_title: 'Trip', author: 'u1', author_name: 'Anna', mine: false, text: 'see this', highlights: [], at: 0, url: 'https://example.org/x' };

describe('about a chat', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.members = () => ({ members: [{ user: 'u1', name: 'Anna', own_name: 'Anna', contact: false, blocked: false, verified: false, new_device: false, admin: true, owner: false, me: false, added_at: 0, added_by: '', looks_like: null, mixed_scripts: false }] });
    answers.list_messages = ({ list }) => ({ messages: list === 'links' ? [link] : [], more: false });
    answers.open_link = () => ({ chat: 'c1', message: 'm1' });
  });

  const tab = async (name: string) => fireEvent.click(await screen.findByTestId(`tab-${name}`));

  it('shows who is in it first', async () => {
    render(ChatInfo, { chat: chatRow({}), tab: 'members' });
    expect((await screen.findByTestId('member')).textContent).toContain('Anna');
    expect(callsOf('list_messages')).toEqual([]);
  });

  it('lists what was shared, and leads to the message or to the link', async () => {
    render(ChatInfo, { chat: chatRow({}), tab: 'members' });
    await tab('links');
    const row = await screen.findByTestId('found');
    expect(row.textContent).toContain('https://example.org/x');
    await fireEvent.click(screen.getByTestId('open-url'));
    expect(opened).toEqual(['https://example.org/x']);
    dialogs.show({ kind: 'saved' });
    await fireEvent.click(row);
    expect(places.take('c1')?.at).toEqual({ at: 'message', message: 'm1' });
    expect(dialogs.open).toBeUndefined();
  });

  it('says where there is nothing yet, or what went wrong', async () => {
    render(ChatInfo, { chat: chatRow({}), tab: 'media' });
    expect((await screen.findByTestId('list-empty')).textContent).toContain('No pictures');
    answers.list_messages = () => Promise.reject({ code: 'internal', message: '' });
    await tab('files');
    expect(await screen.findByTestId('list-error')).toBeTruthy();
  });

  it('gives an admin another title to give, and says only what was changed', async () => {
    answers.edit_chat = () => ({});
    const { unmount } = render(ChatInfo, { chat: chatRow({ description: 'to the sea' }), tab: 'members' });
    await fireEvent.click(screen.getByTestId('edit-chat'));
    await fireEvent.input(screen.getByTestId('edit-title'), { target: { value: ' ' } });
    await fireEvent.click(screen.getByTestId('edit-submit'));
    expect(callsOf('edit_chat')).toEqual([]);
    await fireEvent.input(screen.getByTestId('edit-title'), { target: { value: ' Journey ' } });
    await fireEvent.click(screen.getByTestId('edit-submit'));
    await vi.waitFor(() => expect(callsOf('edit_chat')).toEqual([{ chat: 'c1', title: 'Journey', description: null, category: null, picture: null }]));
    await vi.waitFor(() => expect(screen.queryByTestId('edit-title')).toBeNull());
    unmount();
    render(ChatInfo, { chat: chatRow({ may_edit: false }), tab: 'members' });
    expect(screen.queryByTestId('edit-chat')).toBeNull();
  });

  it('has nothing a screen reader stumbles over', async () => {
    render(ChatInfo, { chat: chatRow({}), tab: 'links' });
    await screen.findByTestId('found');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
