import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { here } from '../../core-state/account.svelte';
import { chats } from '../../core-state/chats.svelte';
import { settings } from '../../core-state/settings.svelte';
import { sync } from '../../core-state/sync.svelte';
import { chatRow, resetHost, syncStatus } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { reminder } from '../../ui-state/reminder.svelte';
import { useLanguage } from '../../words';
import Reminder from './Reminder.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const said = { author_name: 'Anna', mine: true, text: 'hello', at: 1, state: null };

function given(words_kept: boolean, last: typeof said | null): void {
  settings.value = { read_receipts: true, key: 'file', words_kept };
  chats.rows = [chatRow({ last: last as never })];
}

describe('the reminder of the recovery words', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    reminder.away = false;
    sync.put(syncStatus());
    dialogs.close();
  });

  it('waits until there is something to lose, and goes when the words are on paper', async () => {
    given(false, null);
    const { rerender } = render(Reminder);
    expect(screen.queryByTestId('recovery-reminder')).toBeNull();
    given(false, said);
    await rerender({});
    expect(screen.getByTestId('recovery-reminder')).toBeTruthy();
    given(true, said);
    await rerender({});
    expect(screen.queryByTestId('recovery-reminder')).toBeNull();
  });

  it('is silent on a device that was removed', () => {
    given(false, said);
    sync.put(syncStatus({ removed: true }));
    render(Reminder);
    expect(screen.queryByTestId('recovery-reminder')).toBeNull();
  });

  it('leads to the words, and can be put away', async () => {
    given(false, said);
    render(Reminder);
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
    await fireEvent.click(screen.getByTestId('reminder-show'));
    expect(dialogs.open).toEqual({ kind: 'recovery-words' });
    await fireEvent.click(screen.getByTestId('reminder-dismiss'));
    expect(screen.queryByTestId('recovery-reminder')).toBeNull();
    expect(sessionStorage.getItem(`beseda.reminder.${here().id}`)).toBe('away');
  });
});
