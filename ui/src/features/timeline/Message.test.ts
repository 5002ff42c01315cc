import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, frame, message, opened, resetHost } from '../../test-host';
import { deletions } from '../../ui-state/deletions.svelte';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { messageMenu } from '../../ui-state/message-menu.svelte';
import { picked } from '../../ui-state/picked.svelte';
import { places } from '../../ui-state/places.svelte';
import { useLanguage } from '../../words';
import Message from './Message.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const show = (over: Parameters<typeof message>[1], people = true) =>
  render(Message, { message: message('m', over), chat: chatRow({ kind: people ? 'group' : 'dialog' }), me: 'u0' });

describe('a message', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
  });

  it('shows its text as it was written, and never as markup', () => {
    const text = '<img src=x onerror=alert(1)>\n  two  blanks\n\n<b>bold</b>';
    show({ text });
    expect(screen.getByTestId('message-text').textContent).toBe(text);
    expect(screen.getByTestId('message').querySelector('img, b')).toBeNull();
  });

  it('opens a link outside and stays where it is', async () => {
    const link = { type: 'link' as const, url: 'https://example.org/', inlines: [{ type: 'text' as const, text: 'example.org' }] };
    show({ markup: [{ type: 'paragraph', inlines: [link] }] });
    const shown = screen.getByText('example.org');
    expect(shown.title).toBe('https://example.org/');
    expect(await fireEvent.click(shown)).toBe(false);
    expect(opened).toEqual(['https://example.org/']);
  });

  it('says who spoke once in a run, and not where there are only two', () => {
    show({ first: true });
    expect(screen.getByTestId('author').textContent).toBe('Anna');
  });

  it.each([
    [{ first: false }, true],
    [{ first: true }, false],
    [{ first: true, mine: true }, true],
  ] as const)('names nobody where that is clear: %o', (over, people) => {
    show(over, people);
    expect(screen.queryByTestId('author')).toBeNull();
  });

  it('lets each text run its own way', () => {
    show({ text: 'שלום' });
    expect(screen.getByTestId('message-text').closest('[dir]')?.getAttribute('dir')).toBe('auto');
  });

  it.each(['queued', 'accepted', 'delivered', 'read'] as const)('of mine shows that it is %s', (state) => {
    show({ mine: true, state: { state } });
    const shown = screen.getByTestId('message');
    expect(shown.dataset['state']).toBe(state);
    expect(shown.dataset['mine']).toBe('true');
    expect(shown.querySelector('[role="img"]')?.getAttribute('aria-label')).toMatch(/^[A-Z]/);
  });

  it('that failed says why', () => {
    show({ mine: true, state: { state: 'failed', reason: 'not_member' } });
    expect(screen.getByText('Not sent: you are no longer a member.')).toBeTruthy();
  });

  it('that comes late says when it was written', () => {
    const at = new Date(2026, 10, 22, 16, 40).getTime();
    show({ at, sent_at: new Date(2026, 10, 22, 14, 2).getTime() });
    expect(screen.getByTestId('message').textContent).toContain('sent 14:02');
    expect(screen.getByTestId('message').textContent).toContain('16:40');
  });

  it('leads to what it answers, unless that is gone', async () => {
    const reply = { message: 'far', author_name: 'Boris', text: 'the tent', gone: false };
    const { unmount } = show({ reply });
    await fireEvent.click(screen.getByTestId('quote'));
    expect(places.take('c1')).toEqual({ chat: 'c1', at: { at: 'message', message: 'far' }, from: 'id-m' });
    unmount();
    show({ reply: { ...reply, gone: true } });
    expect(screen.getByTestId<HTMLButtonElement>('quote').disabled).toBe(true);
    expect(screen.getByTestId('quote').textContent).toContain('not here any more');
  });

  it('shows that it is deleted, and nothing of what it was', () => {
    show({ deleted: true, text: '', markup: [], edited: true, pinned: true, reactions: [{ emoji: '👍', count: 1, mine: false }] });
    expect(screen.getByTestId('message').textContent).toContain('Message deleted');
    expect(screen.queryByTestId('reaction')).toBeNull();
    expect(screen.queryByTestId('edited')).toBeNull();
  });

  it('looks deleted as soon as a person has said so', async () => {
    show({ text: 'secret' });
    deletions.add('c1', ['id-m'], true);
    await frame();
    expect(screen.getByTestId('message').textContent).not.toContain('secret');
    deletions.undo(deletions.pending[0]!.id);
    await frame();
    expect(screen.getByTestId('message').textContent).toContain('secret');
  });

  it('takes a reaction, and takes it back', async () => {
    answers.react = () => ({});
    answers.reactions = () => ({ people: [{ emoji: '👍', user: 'u2', name: 'Boris', at: 0 }] });
    show({ reactions: [{ emoji: '👍', count: 2, mine: true }, { emoji: '🎉', count: 1, mine: false }] });
    const [thumb, party] = screen.getAllByTestId('reaction');
    await fireEvent.pointerEnter(thumb!);
    await vi.waitFor(() => expect(thumb!.title).toBe('Boris'));
    await fireEvent.click(thumb!);
    await fireEvent.click(party!);
    expect(callsOf('react')).toEqual([
      { chat: 'c1', message: 'id-m', emoji: '👍', on: false },
      { chat: 'c1', message: 'id-m', emoji: '🎉', on: true },
    ]);
    await fireEvent.contextMenu(party!);
    expect(dialogs.open).toEqual({ kind: 'reactions', message: 'id-m', emoji: '🎉' });
    dialogs.close();
  });

  it('with a poll votes at a press, and shows what the others think only then', async () => {
    answers.vote = () => ({});
    const option = (text: string, votes: number, mine = false) => ({ text, votes, mine });
    const { unmount } = show({ poll: { several: false, voters: 2, options: [option('a', 2), option('b', 0)] } });
    expect(screen.queryByTestId('poll-result')).toBeNull();
    await fireEvent.click(screen.getAllByTestId('poll-option')[1]!);
    expect(callsOf('vote')).toEqual([{ chat: 'c1', message: 'id-m', options: [1] }]);
    unmount();
    show({ poll: { several: false, voters: 3, options: [option('a', 2), option('b', 1, true)] } });
    expect(screen.getAllByTestId('poll-result').map((one) => one.textContent?.replace(/\s+/g, ' ').trim())).toEqual(['67% a 2', '33% b 1']);
    await frame();
    await fireEvent.click(screen.getByTestId('poll-retract'));
    expect(callsOf('vote').at(-1)).toMatchObject({ options: [] });
  });

  it('with a poll of several answers gathers them first', async () => {
    answers.vote = () => ({});
    show({ poll: { several: true, voters: 0, options: ['a', 'b', 'c'].map((text) => ({ text, votes: 0, mine: false })) } });
    const options = screen.getAllByTestId('poll-option');
    for (const at of [2, 0, 1, 1]) await fireEvent.click(options[at]!);
    await fireEvent.click(screen.getByTestId('poll-vote'));
    expect(callsOf('vote')).toEqual([{ chat: 'c1', message: 'id-m', options: [0, 2] }]);
  });

  it('opens its menu by the right button and by keys, where it stands', async () => {
    show({});
    const row = screen.getByTestId('message');
    await fireEvent.contextMenu(row, { clientX: 30, clientY: 40 });
    expect(messageMenu.open).toMatchObject({ kind: 'actions', spot: { x: 30, y: 40 } });
    messageMenu.close(false);
    await fireEvent.keyDown(row, { key: 'F10', shiftKey: true });
    expect(messageMenu.open?.message.id).toBe('id-m');
    messageMenu.close(false);
  });

  it('is picked by a press while picking is on', async () => {
    picked.toggle('c1', message('other'));
    show({ reactions: [{ emoji: '👍', count: 1, mine: false }] });
    await fireEvent.click(screen.getByTestId('reaction'));
    expect(picked.all.map((one) => one.id)).toEqual(['id-other', 'id-m']);
    expect(callsOf('react')).toEqual([]);
    picked.clear();
  });

  it('has nothing a screen reader stumbles over', async () => {
    const { container } = show({
      mine: true,
      state: { state: 'read' },
      readers: 3,
      edited: true,
      pinned: true,
      saved: true,
      reply: { message: 'q', author_name: 'Boris', text: 'tent', gone: false },
      forwarded: { author: 'Olga', chat: 'Work', sent_at: 0 },
      reactions: [{ emoji: '👍', count: 2, mine: true }],
      poll: { several: true, voters: 1, options: [{ text: 'a', votes: 0, mine: false }] },
    });
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
