import { fireEvent, render, screen, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import { session } from '../core-state/session.svelte';
import { answers, callsOf, chatRow, frame, message, resetHost } from '../test-host';
import { messageMenu } from '../ui-state/message-menu.svelte';
import { selection } from '../ui-state/selection.svelte';
import { useLanguage } from '../words';
import Keys from './Keys.svelte';
import Main from './Main.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const { happyDOM } = window as unknown as { happyDOM: { setViewport(size: { width: number }): void } };
const me = { user: 'u', device: 'd', name: 'Anna', relay: 'https://r.example.org' };

const panes = () => screen.queryAllByTestId('pane');
const titles = () => panes().map((pane) => within(pane).getByTestId('chat-title').textContent);
const fields = () => panes().map((pane) => within(pane).getByTestId<HTMLTextAreaElement>('composer'));

async function open(): Promise<void> {
  render(Keys);
  render(Main, { me });
  await frame();
}

describe('two chats side by side', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    putOnScreen(new Account('a'));
    session.start = { state: 'ready', version: '', me };
    let timeline = 0;
    answers.settings = () => ({ read_receipts: true, key: 'keyring', words_kept: true });
    answers.open_timeline = ({ chat }) => ({ timeline: (timeline += 1), items: [message(`m-${chat}`)], more_before: false, more_after: false, target: null });
    answers.close_timeline = () => ({});
    answers.list_messages = () => ({ messages: [], more: false });
    answers.scheduled = () => ({ scheduled: [] });
    answers.save_draft = () => ({});
    answers.pictures = () => ({ pictures: [] });
    answers.send_message = () => ({ id: 'sent' });
    for (const [id, title] of [['a', 'Trip'], ['b', 'Team']] as const) chats.put(chatRow({ id, title }));
    chats.publish();
    happyDOM.setViewport({ width: 1400 });
    selection.select('a');
  });
  afterEach(() => {
    messageMenu.close(false);
    happyDOM.setViewport({ width: 1024 });
  });

  it('open by a key, and are crossed by another', async () => {
    await open();
    await fireEvent.keyDown(window, { code: 'Backslash', key: '\\', ctrlKey: true });
    await frame();
    expect(titles()).toEqual(['Trip', 'Team']);
    expect(document.activeElement).toBe(fields()[1]);
    await fireEvent.keyDown(window, { code: 'F6', key: 'F6' });
    await frame();
    expect(document.activeElement).toBe(fields()[0]);
  });

  it('each have their own draft, and what is typed goes where one acts', async () => {
    selection.openBeside('b');
    await open();
    fields()[0]!.focus();
    await fireEvent.input(fields()[0]!, { target: { value: 'to the trip' } });
    fields()[0]!.blur();
    await fireEvent.keyDown(document.body, { key: 'x' });
    expect(document.activeElement).toBe(fields()[0]);
    await fireEvent.keyDown(fields()[0]!, { key: 'Enter' });
    await frame();
    expect(callsOf('send_message')).toMatchObject([{ chat: 'a', text: 'to the trip' }]);
    expect([selection.chat, fields()[1]!.value]).toEqual(['a', '']);
  });

  it('have one menu of a message, where it was asked for', async () => {
    selection.openBeside('b');
    await open();
    await fireEvent.pointerDown(within(panes()[0]!).getByTestId('timeline'));
    messageMenu.show('actions', message('m-a'), { x: 10, y: 10 });
    expect(await screen.findAllByTestId('message-menu')).toHaveLength(1);
    expect(selection.chat).toBe('a');
  });

  it('are one where there is no room for two, until there is again', async () => {
    selection.openBeside('b');
    happyDOM.setViewport({ width: 1000 });
    await open();
    expect(titles()).toEqual(['Team']);
    expect([selection.split, screen.queryByTestId('close-pane')]).toEqual([true, null]);
  });

  it('close one by one', async () => {
    selection.openBeside('b');
    await open();
    await fireEvent.click(within(panes()[0]!).getByTestId('close-pane'));
    expect(titles()).toEqual(['Team']);
    expect(screen.queryByTestId('close-pane')).toBeNull();
    await fireEvent.keyDown(window, { key: 'Escape' });
    expect(panes()).toEqual([]);
  });

  it('have nothing a screen reader stumbles over', async () => {
    selection.openBeside('b');
    await open();
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});

describe('the keys of a field', () => {
  it('undo and do again what was typed, in any field, and nothing elsewhere', async () => {
    const asked: string[] = [];
    document.execCommand = (command) => (asked.push(command), true);
    render(Keys);
    const field = document.body.appendChild(document.createElement('textarea'));
    for (const target of [field, document.body]) {
      await fireEvent.keyDown(target, { code: 'KeyZ', key: 'я', ctrlKey: true });
      await fireEvent.keyDown(target, { code: 'KeyZ', key: 'Z', ctrlKey: true, shiftKey: true });
      await fireEvent.keyDown(target, { code: 'KeyY', key: 'y', ctrlKey: true });
    }
    field.remove();
    expect(asked).toEqual(['undo', 'redo', 'redo']);
  });
});
