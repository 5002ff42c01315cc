import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, frame, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import Composer from './Composer.svelte';
import { TEXT_LIMIT, closedBecause, sends } from './rules';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const area = () => screen.getByTestId<HTMLTextAreaElement>('composer');
/** Each test has a chat of its own: drafts outlive the component. */
let chat = 0;
const show = (over = {}) => render(Composer, { chat: chatRow({ id: `chat-${(chat += 1)}`, ...over }) });

describe('the composer', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.save_draft = () => ({});
    answers.send_message = () => ({ id: 'm1' });
  });

  it('sends at Enter, empties itself and keeps the caret', async () => {
    show();
    await fireEvent.input(area(), { target: { value: 'one\ntwo' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(callsOf('send_message')).toEqual([{ chat: `chat-${chat}`, text: 'one\ntwo' }]);
    expect(area().value).toBe('');
    expect(document.activeElement).toBe(area());
  });

  it('does not send blanks', async () => {
    show();
    await fireEvent.input(area(), { target: { value: ' \n ' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(callsOf('send_message')).toEqual([]);
    expect(screen.getByTestId<HTMLButtonElement>('send').disabled).toBe(true);
  });

  it('gives a text back that could not be stored, before what was typed meanwhile', async () => {
    let fail: (error: unknown) => void = () => {};
    answers.send_message = () => new Promise((_, reject) => (fail = reject));
    show();
    await fireEvent.input(area(), { target: { value: 'first' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    await fireEvent.input(area(), { target: { value: 'second' } });
    fail({ code: 'disk_full', message: '' });
    await frame();
    expect(area().value).toBe('first\nsecond');
  });

  it('stores the draft when it is left, and no draft of what was sent', async () => {
    const { unmount } = show();
    await fireEvent.input(area(), { target: { value: 'half a tho' } });
    unmount();
    expect(callsOf('save_draft')).toEqual([{ chat: `chat-${chat}`, text: 'half a tho' }]);

    show();
    await fireEvent.input(area(), { target: { value: 'sent' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(callsOf('save_draft').at(-1)).toEqual({ chat: `chat-${chat}`, text: '' });
  });

  it('begins with the draft of the chat', () => {
    show({ draft: 'kept' });
    expect(area().value).toBe('kept');
  });

  it('refuses what no message can hold, and says so', async () => {
    show();
    await fireEvent.input(area(), { target: { value: 'я'.repeat(TEXT_LIMIT / 2 + 1) } });
    expect(screen.getByRole('alert').textContent).toContain('too long');
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(callsOf('send_message')).toEqual([]);
  });

  it('explains itself where one cannot write', () => {
    show({ kind: 'blog', may_write: false });
    expect(screen.queryByTestId('composer')).toBeNull();
    expect(screen.getByTestId('composer-closed').textContent).toBe('Only admins write in this blog.');
  });
});

describe('Enter', () => {
  const key = { key: 'Enter', shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, keyCode: 13 };
  it('sends', () => expect(sends(key)).toBe(true));
  it('with Shift breaks the line', () => expect(sends({ ...key, shiftKey: true })).toBe(false));
  it('picks a word while an input method composes', () => {
    expect(sends({ ...key, isComposing: true })).toBe(false);
    expect(sends({ ...key, keyCode: 229 })).toBe(false);
  });
  it('is the only key that does', () => expect(sends({ ...key, key: 'a' })).toBe(false));
});

it.each([
  [chatRow({}), undefined],
  [chatRow({ status: 'asking', may_write: false }), 'closed-asking'],
  [chatRow({ status: 'joining', may_write: true }), 'closed-joining'],
  [chatRow({ status: 'removed', may_write: false }), 'closed-removed'],
  [chatRow({ may_write: false }), 'closed-other'],
])('a chat is closed for a reason', (row, reason) => expect(closedBecause(row)).toBe(reason));
