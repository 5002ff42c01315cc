import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';

import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { selection } from '../../ui-state/selection.svelte';
import Request from './Request.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

beforeEach(() => {
  resetHost();
  answers.accept_chat = () => ({});
  answers.refuse_chat = () => ({});
});

const asked = chatRow({ id: 'c1', kind: 'dialog', requested_by: 'Boris', may_write: false });

test('who has put one in is named, and accepting says so to the core', async () => {
  render(Request, { chat: asked });
  expect(screen.getByTestId('request').textContent).toContain('Boris');
  await fireEvent.click(screen.getByTestId('request-accept'));
  await waitFor(() => expect(callsOf('accept_chat')).toEqual([{ chat: 'c1' }]));
});

test('refusing leaves the chat, and blocking says that too', async () => {
  selection.select('c1');
  const { unmount } = render(Request, { chat: asked });
  await fireEvent.click(screen.getByTestId('request-refuse'));
  await waitFor(() => expect(callsOf('refuse_chat')).toEqual([{ chat: 'c1', block: false }]));
  expect(selection.chat).toBeUndefined();
  unmount();
  render(Request, { chat: asked });
  await fireEvent.click(screen.getByTestId('request-block'));
  await waitFor(() => expect(callsOf('refuse_chat')).toEqual([{ chat: 'c1', block: false }, { chat: 'c1', block: true }]));
});
