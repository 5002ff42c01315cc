import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { TimelineSnapshot } from '../../generated/TimelineSnapshot';
import { answers, callsOf, chatRow, frame, message, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { places } from '../../ui-state/places.svelte';
import { selection } from '../../ui-state/selection.svelte';
import { toasts } from '../../ui-state/toasts.svelte';
import { useLanguage } from '../../words';
import TimelineView from './TimelineView.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

function page(over: Partial<TimelineSnapshot>, ...keys: string[]): TimelineSnapshot {
  return { timeline: 1, items: keys.map((key) => message(key)), more_before: false, more_after: false, target: null, ...over };
}
const asked = () => callsOf('open_timeline').map((args) => (args as { at: unknown }).at);

describe('a timeline', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    selection.select('c1');
    toasts.notes = [];
    answers.open_timeline = () => page({}, 'a', 'b');
    answers.close_timeline = () => ({});
    answers.load_newer = answers.load_older = () => ({ more_before: false, more_after: false });
  });

  async function show(over = {}): Promise<void> {
    render(TimelineView, { chat: chatRow(over), me: 'u0' });
    await vi.waitFor(() => expect(screen.getByTestId('timeline').getAttribute('aria-busy')).toBe('false'));
    await frame();
  }

  it('opens where the unread ones begin', async () => {
    await show();
    expect(asked()).toEqual([{ at: 'first_unread' }]);
  });

  it('leads who is alone in a group to others, until something is said', async () => {
    const created = { type: 'event', key: 'e', at: 1, event: { what: 'created', by: 'Anna' } } as const;
    answers.open_timeline = () => page({ items: [created] });
    await show({ members: 1, may_invite: true, kind: 'group' });
    await fireEvent.click(screen.getByTestId('alone-add'));
    expect(dialogs.open).toEqual({ kind: 'add-member', chat: 'c1' });
    cleanup();
    answers.open_timeline = () => page({ items: [created, message('a')] });
    await show({ members: 1, may_invite: true, kind: 'group' });
    expect(screen.queryByTestId('alone')).toBeNull();
    cleanup();
    answers.open_timeline = () => page({ items: [created] });
    await show({ members: 1, may_invite: true, kind: 'notes' });
    expect(screen.queryByTestId('alone')).toBeNull();
  });

  it('opens where somebody came for, if they came for something', async () => {
    places.message('c1', 'id-far');
    await show();
    expect(asked()).toEqual([{ at: 'message', message: 'id-far' }]);
    expect(places.wish).toBeUndefined();
  });

  it('fetches a far place, and only that; what is here is shown', async () => {
    await show();
    places.message('c1', 'id-a');
    await frame();
    expect(asked()).toHaveLength(1);
    answers.open_timeline = () => page({ timeline: 2, more_after: true, target: 'x' }, 'x', 'y');
    places.message('c1', 'id-x');
    await vi.waitFor(() => expect(callsOf('close_timeline')).toEqual([{ timeline: 1 }]));
    expect(asked().at(-1)).toEqual({ at: 'message', message: 'id-x' });
  });

  it('says that a message is not here, and stays', async () => {
    await show();
    answers.open_timeline = () => Promise.reject({ code: 'no_such_message', message: 'no such message' });
    places.message('c1', 'id-gone');
    await vi.waitFor(() => expect(toasts.notes.map((note) => note.key)).toEqual(['message-absent']));
    expect(callsOf('close_timeline')).toEqual([]);
  });

  it('goes to the end from anywhere', async () => {
    answers.open_timeline = ({ at }) => page({ timeline: at.at === 'end' ? 2 : 1, more_after: at.at !== 'end' }, 'a');
    answers.load_newer = () => new Promise(() => {});
    render(TimelineView, { chat: chatRow({ unread: 7 }), me: 'u0' });
    const down = await screen.findByTestId('jump-down');
    expect(down.dataset['count']).toBe('7');
    await fireEvent.click(down);
    await vi.waitFor(() => expect(asked().at(-1)).toEqual({ at: 'end' }));
  });

  it('leads to where one is named', async () => {
    answers.next_mention = () => ({ message: 'id-b' });
    await show({ mentions: 1 });
    await fireEvent.click(screen.getByTestId('jump-mention'));
    expect(callsOf('next_mention')).toEqual([{ chat: 'c1', after: null }]);
  });
});
