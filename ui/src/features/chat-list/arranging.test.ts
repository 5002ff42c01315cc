import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { tomorrow } from '../../ui-state/arranging';
import { FOREVER } from '../../ui-state/folders.svelte';
import { useLanguage } from '../../words';
import { entriesOf } from './arranging';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const three = [3, 2, 1].map((pinned) => chatRow({ id: `p${pinned}`, pinned }));
const ids = (...args: Parameters<typeof entriesOf>) => entriesOf(...args).map((entry) => entry.testid);

describe('the menu of a row', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.mute_chat = () => ({});
    answers.move_pinned = () => ({});
  });

  it('moves a pinned chat where there is a way', () => {
    expect(ids(three[0]!, three, 0).slice(0, 3)).toEqual(['unpin-chat', 'move-down', 'archive-chat']);
    expect(ids(three[1]!, three, 0).slice(0, 3)).toEqual(['unpin-chat', 'move-up', 'move-down']);
    expect(ids(three[2]!, three, 0).slice(0, 3)).toEqual(['unpin-chat', 'move-up', 'archive-chat']);
    expect(ids(chatRow({}), three, 0).slice(0, 2)).toEqual(['pin-chat', 'archive-chat']);
    entriesOf(three[1]!, three, 0)[1]!.act();
    expect(callsOf('move_pinned')).toEqual([{ chat: 'p2', up: true }]);
  });

  it('mutes for a time or for ever, and lets be heard again', () => {
    expect(ids(chatRow({}), [], 0).slice(-4)).toEqual(['mute-hour', 'mute-tomorrow', 'mute-forever', 'chat-notices']);
    const muted = chatRow({ muted_until: 100, archived: true });
    expect(ids(muted, [], 99)).toEqual(['pin-chat', 'unarchive-chat', 'unmute-chat', 'chat-notices']);
    expect(ids(muted, [], 100).slice(-2)).toEqual(['mute-forever', 'chat-notices']);
    entriesOf(chatRow({}), [], 0).at(-2)!.act();
    entriesOf(muted, [], 99).at(-2)!.act();
    expect(callsOf('mute_chat')).toEqual([
      { chat: 'c1', until: FOREVER },
      { chat: 'c1', until: 0 },
    ]);
  });

  it('knows when tomorrow is', () => {
    expect(tomorrow(new Date(2026, 10, 30, 23, 59).getTime())).toBe(new Date(2026, 11, 1, 8).getTime());
    expect(tomorrow(new Date(2026, 10, 30, 0, 1).getTime())).toBe(new Date(2026, 11, 1, 8).getTime());
  });
});
