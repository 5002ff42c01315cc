import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { FoundRow } from '../../generated/FoundRow';
import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { places } from '../../ui-state/places.svelte';
import { useLanguage } from '../../words';
import PinnedBar from './PinnedBar.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const pin = (message: string): FoundRow => ({ message, chat: 'p1', chat_title: '', author: 'u1', author_name: 'Anna', mine: false, text: `text ${message}`, highlights: [], at: 0, url: null });

describe('what is pinned', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
  });

  it('comes one after the other, newest first, and round again', async () => {
    answers.list_messages = () => ({ messages: [pin('b'), pin('a')], more: false });
    render(PinnedBar, { chat: chatRow({ id: 'p1' }) });
    const open = await screen.findByTestId('pinned-open');
    const gone = [];
    for (let i = 0; i < 3; i += 1) {
      await fireEvent.click(open);
      gone.push(places.take('p1')?.at);
    }
    expect(gone).toEqual(['b', 'a', 'b'].map((message) => ({ at: 'message', message })));
    expect(screen.getByTestId('pinned-bar').textContent).toContain('Pinned message 2 of 2');
    expect(callsOf('list_messages')).toEqual([{ chat: 'p1', list: 'pinned', before: null }]);
  });

  it('is asked for again when the chat has changed', async () => {
    answers.list_messages = () => ({ messages: [], more: false });
    const { rerender } = render(PinnedBar, { chat: chatRow({ id: 'p2' }) });
    await vi.waitFor(() => expect(callsOf('list_messages')).toHaveLength(1));
    expect(screen.queryByTestId('pinned-bar')).toBeNull();
    answers.list_messages = () => ({ messages: [pin('c')], more: false });
    await rerender({ chat: chatRow({ id: 'p2', activity: 2 }) });
    expect((await screen.findByTestId('pinned-bar')).textContent).toContain('text c');
  });
});
