import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { FOREVER } from '../../ui-state/folders.svelte';
import { useLanguage } from '../../words';
import ChatNotices from './ChatNotices.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

describe('what a chat tells of', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.set_level = () => ({});
    answers.mute_chat = () => ({});
  });

  it('is all, what is meant for one, or nothing', async () => {
    render(ChatNotices, { chat: chatRow({ level: 'all' }) });
    expect(screen.getByTestId<HTMLInputElement>('level-all').checked).toBe(true);
    await fireEvent.click(screen.getByTestId('level-mentions'));
    expect(callsOf('set_level')).toEqual([{ chat: 'c1', level: 'mentions' }]);
    await fireEvent.click(screen.getByTestId('silence-forever'));
    expect(callsOf('mute_chat')).toEqual([{ chat: 'c1', until: FOREVER }]);
  });

  it('between two people knows no mentions, and says until when it is muted', async () => {
    render(ChatNotices, { chat: chatRow({ kind: 'dialog', muted_until: FOREVER }) });
    expect(screen.queryByTestId('level-mentions')).toBeNull();
    expect(screen.getByTestId('muted-until').textContent).toContain('until you');
    await fireEvent.click(screen.getByTestId('unmute'));
    expect(callsOf('mute_chat')).toEqual([{ chat: 'c1', until: 0 }]);
  });

  it('says when it could not be set', async () => {
    answers.set_level = () => Promise.reject({ code: 'disk_full', message: '' });
    render(ChatNotices, { chat: chatRow({}) });
    await fireEvent.click(screen.getByTestId('level-nothing'));
    await vi.waitFor(() => expect(screen.getByTestId('form-error').textContent).toContain('disk is full'));
    expect(screen.getByTestId<HTMLInputElement>('level-all').checked).toBe(true);
  });
});
