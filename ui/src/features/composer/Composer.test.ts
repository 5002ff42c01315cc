import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, frame, resetHost } from '../../test-host';
import { drafts } from '../../ui-state/drafts.svelte';
import { editing } from '../../ui-state/editing.svelte';
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
    answers.scheduled = () => ({ scheduled: [] });
    answers.send_message = () => ({ id: 'm1' });
  });

  it('sends at Enter, empties itself and keeps the caret', async () => {
    show();
    await fireEvent.input(area(), { target: { value: 'one\ntwo' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(callsOf('send_message')).toEqual([{ chat: `chat-${chat}`, text: 'one\ntwo', reply_to: null, mentions: [], poll: null }]);
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
    expect(callsOf('save_draft')).toEqual([{ chat: `chat-${chat}`, text: 'half a tho', reply_to: null }]);

    show();
    await fireEvent.input(area(), { target: { value: 'sent' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(callsOf('save_draft').at(-1)).toEqual({ chat: `chat-${chat}`, text: '', reply_to: null });
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

  it('answers a message, and forgets it with Escape', async () => {
    answers.message_source = () => ({ text: 'the **tent**', mentions: [] });
    show();
    const id = `chat-${chat}`;
    drafts.answer(id, 'm7', '');
    await frame();
    await vi.waitFor(() => expect(screen.getByTestId('composer-banner').textContent).toContain('tent'));
    await fireEvent.input(area(), { target: { value: 'yes' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(callsOf('send_message')).toEqual([{ chat: id, text: 'yes', reply_to: 'm7', mentions: [], poll: null }]);
    expect(screen.queryByTestId('composer-banner')).toBeNull();
    drafts.answer(id, 'm8', '');
    await frame();
    await fireEvent.keyDown(area(), { key: 'Escape' });
    expect(drafts.reply(id, null)).toBeNull();
  });

  it('edits a message and gives the draft back', async () => {
    answers.message_source = () => ({ text: 'teh tent', mentions: [] });
    answers.edit_message = () => ({});
    show({ draft: 'half' });
    const id = `chat-${chat}`;
    await editing.begin(id, 'm9');
    await vi.waitFor(() => expect(area().value).toBe('teh tent'));
    await fireEvent.input(area(), { target: { value: 'the tent' } });
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await vi.waitFor(() => expect(area().value).toBe('half'));
    expect(callsOf('edit_message')).toEqual([{ chat: id, message: 'm9', text: 'the tent', mentions: [] }]);
    expect(callsOf('save_draft')).not.toContainEqual(expect.objectContaining({ text: 'the tent' }));
  });

  it('completes a name and says whom it means', async () => {
    const member = { user: 'u2', name: 'Boris', own_name: 'Boris', contact: false, blocked: false, verified: false, new_device: false, admin: false, owner: false, me: false, added_at: 0, added_by: '', looks_like: null, mixed_scripts: false };
    answers.members = () => ({ members: [member] });
    show();
    await fireEvent.input(area(), { target: { value: 'ask @bo' } });
    await vi.waitFor(() => expect(screen.getByTestId('completion-option').textContent).toContain('Boris'));
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await frame();
    expect(area().value).toBe('ask @Boris ');
    await fireEvent.keyDown(area(), { key: 'Enter' });
    await vi.waitFor(() => expect(callsOf('send_message')).toMatchObject([{ text: 'ask @Boris ', mentions: [{ name: 'Boris', user: 'u2' }] }]));
  });

  it('explains itself where one cannot write', () => {
    show({ kind: 'blog', may_write: false, may_answer: false });
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
  [chatRow({ status: 'removed', may_write: false, leaving: 'left' }), 'closed-left'],
  [chatRow({ leaving: 'said' }), 'closed-leaving'],
  [chatRow({ may_write: false, may_answer: false }), 'closed-other'],
  [chatRow({ kind: 'blog', may_write: false }), 'closed-comments'],
])('a chat is closed for a reason', (row, reason) => expect(closedBecause(row, false)).toBe(reason));

it('is closed by the loss of the device, not of the chat, on one that was removed', () => expect(closedBecause(chatRow({ status: 'removed' }), false, true)).toBe('closed-device'));

it('is open for an answer where comments are', () => expect(closedBecause(chatRow({ kind: 'blog', may_write: false }), true)).toBeUndefined());
