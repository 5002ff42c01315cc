import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, frame, message, resetHost } from '../../test-host';
import { deletions } from '../../ui-state/deletions.svelte';
import { drafts } from '../../ui-state/drafts.svelte';
import { messageMenu } from '../../ui-state/message-menu.svelte';
import { useLanguage } from '../../words';
import MessageMenu from './MessageMenu.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

async function open(over: Parameters<typeof message>[1] = {}): Promise<void> {
  render(MessageMenu, { chat: chatRow({}) });
  messageMenu.show('actions', message('m', over), { x: 10, y: 10 });
  await screen.findByTestId('message-menu');
}
async function choose(id: string): Promise<void> {
  await fireEvent.click(screen.getAllByTestId(id)[0]!);
  await frame();
}

describe('the menu of a message', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    messageMenu.close(false);
    answers.save_draft = () => ({});
  });

  it('answers', async () => {
    await open();
    await choose('act-reply');
    expect(drafts.reply('c1', null)).toBe('id-m');
  });

  it('reacts with one of the quick emoji', async () => {
    answers.react = () => ({});
    await open({ reactions: [{ emoji: '👍', count: 1, mine: true }] });
    await choose('menu-react');
    expect(callsOf('react')).toEqual([{ chat: 'c1', message: 'id-m', emoji: '👍', on: false }]);
  });

  it('leads on to all emoji, which stay', async () => {
    await open();
    await choose('menu-react-other');
    expect(messageMenu.open?.kind).toBe('emoji');
    await screen.findByTestId('react-popover');
    expect(screen.queryByTestId('message-menu')).toBeNull();
  });

  it('pins and saves', async () => {
    answers.save_message = () => ({});
    await open();
    await choose('act-save');
    expect(callsOf('save_message')).toEqual([{ message: 'id-m', on: true }]);
  });

  it('deletes later, so that it can be taken back', async () => {
    await open({ may_delete: true });
    await choose('act-delete-everyone');
    expect(deletions.pending).toMatchObject([{ chat: 'c1', messages: ['id-m'], forEveryone: true }]);
    deletions.undo(deletions.pending[0]!.id);
    expect(callsOf('delete_message')).toEqual([]);
  });
});
