import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ChatRow } from '../../generated/ChatRow';
import { chatRow } from '../../test-host';
import { useLanguage } from '../../words';
import Row from './Row.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const last = { author: 'Anna', mine: false, text: 'hello', at: Date.now(), state: null, deleted: false, blocked: false };
const show = (over: Partial<ChatRow>, selected = false) => render(Row, { row: chatRow(over), selected, onselect: () => {} });
const words = () => screen.getByTestId('chat-row').textContent?.replace(/\s+/g, ' ') ?? '';

describe('a row of the chat list', () => {
  beforeEach(() => useLanguage('en'));

  it('shows who said what, with a blank between', () => {
    show({ last });
    expect(words()).toContain('Anna: hello');
    expect(screen.getByTestId('chat-row').dataset).toMatchObject({ chat: 'c1', title: 'Trip' });
  });

  it('does not repeat the only other person', () => {
    show({ kind: 'dialog', last });
    expect(words()).not.toContain('Anna');
  });

  it('counts what is unread, and says so', () => {
    show({ last, unread: 1200 });
    expect(screen.getByTestId('unread').textContent).toContain('999+');
    expect(screen.getByTestId('unread').textContent).toContain('1,200 unread messages');
  });

  it('shows a draft before the last line, but not of the chat that is open', () => {
    show({ id: 'x1', last, draft: 'wait' });
    expect(words()).toContain('Draft: wait');
  });

  it('shows no draft in the selected row', () => {
    show({ id: 'x2', last, draft: 'wait' }, true);
    expect(words()).not.toContain('Draft');
  });

  it('tells where one is named, and what was marked unread by hand', () => {
    const { unmount } = show({ last, unread: 2, mentions: 1, marked_unread: true });
    expect(screen.getByTestId('mentions').title).toBe('Mentioned in 1 message');
    expect(screen.queryByTestId('marked-unread')).toBeNull();
    unmount();
    show({ last, marked_unread: true });
    expect(screen.getByTestId('marked-unread').getAttribute('aria-label')).toBe('Marked as unread');
  });

  it('shows a draft that answers, also an empty one', () => {
    show({ id: 'x3', last, draft: '', draft_reply: 'm1' });
    expect(words()).toContain('Draft:');
    expect(screen.getByTestId('chat-row').querySelector('[role=img][aria-label=Reply]')).not.toBeNull();
  });

  it('does not show what was deleted', () => {
    show({ last: { ...last, text: '', deleted: true } });
    expect(words()).toContain('Message deleted');
  });

  it('opens its menu by the right button and by keys', async () => {
    const onmenu = vi.fn();
    render(Row, { row: chatRow({}), selected: false, onselect: () => {}, onmenu });
    await fireEvent.contextMenu(screen.getByTestId('chat-row'), { clientX: 5, clientY: 6 });
    expect(onmenu.mock.calls[0]![0]).toEqual({ x: 5, y: 6 });
    await fireEvent.keyDown(screen.getByTestId('chat-row'), { key: 'ContextMenu' });
    expect(onmenu).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['asking', 'Waiting to be let in'],
    ['joining', 'Fetching the history…'],
    ['removed', 'You are no longer a member'],
  ] as const)('%s says so', (status, text) => {
    show({ status, title: '', last });
    expect(words()).toContain(text);
    expect(words()).toContain(status === 'asking' ? 'Chat you were invited to' : 'New dialog');
  });

  it('shows that it is muted or pinned', () => {
    const { unmount } = show({ last, unread: 2, muted_until: Number.MAX_SAFE_INTEGER, pinned: 1 });
    expect(screen.getByTestId('chat-row').querySelector('[aria-label=Muted]')).not.toBeNull();
    expect(screen.getByTestId('unread').className).toContain('soft');
    unmount();
    show({ last, muted_until: 1, pinned: 1 });
    expect(screen.getByTestId('chat-row').querySelector('[aria-label=Muted]')).toBeNull();
    expect(screen.getByTestId('chat-row').querySelector('[aria-label=Pinned]')).not.toBeNull();
  });

  it('says that one was not let in', () => {
    show({ status: 'asking', refused: 'expired' });
    expect(words()).toContain('You were not let in');
    expect(words()).not.toContain('Waiting');
  });

  it('opens beside the chat on screen, or in a window of its own, as links do in a browser', async () => {
    const opened: string[] = [];
    render(Row, { row: chatRow({}), selected: false, onselect: (where) => void opened.push(where) });
    const row = screen.getByTestId('chat-row');
    await fireEvent.click(row);
    await fireEvent.click(row, { ctrlKey: true });
    await fireEvent(row, new MouseEvent('auxclick', { button: 1, bubbles: true }));
    await fireEvent(row, new MouseEvent('auxclick', { button: 2, bubbles: true }));
    await fireEvent.click(row, { shiftKey: true });
    expect(opened).toEqual(['here', 'beside', 'beside', 'apart']);
  });
});
