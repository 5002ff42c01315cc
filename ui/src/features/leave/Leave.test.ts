import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { useLanguage } from '../../words';
import Leave from './Leave.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

beforeEach(() => {
  resetHost();
  useLanguage('en');
  answers.leave_chat = () => ({});
});

it('leaves once it is asked for twice', async () => {
  dialogs.show({ kind: 'leave', chat: 'c1' });
  render(Leave, { chat: chatRow({ owner: false }) });
  await fireEvent.click(screen.getByTestId('leave-submit'));
  expect(callsOf('leave_chat')).toEqual([{ chat: 'c1' }]);
  await vi.waitFor(() => expect(dialogs.open).toBeUndefined());
});

it('sends the owner of others to the list of members first', async () => {
  render(Leave, { chat: chatRow({ owner: true, members: 3 }) });
  expect(screen.queryByTestId('leave-submit')).toBeNull();
  await fireEvent.click(screen.getByTestId('leave-members'));
  expect(dialogs.open).toEqual({ kind: 'info', chat: 'c1', tab: 'members' });
});

it('lets who is alone close the chat, and stays open where it fails', async () => {
  answers.leave_chat = () => Promise.reject({ code: 'internal', message: '' });
  render(Leave, { chat: chatRow({ owner: true, members: 1 }) });
  await fireEvent.click(screen.getByTestId('leave-submit'));
  expect(await screen.findByTestId('form-error')).toBeTruthy();
});
