// Doing what a menu, the bar or a key asks for a message. Failures become notes; nothing here rejects.

import { rememberEmoji } from '../../components/emoji/emoji';
import { pins } from '../../core-state/pins.svelte';
import type { ChatRow } from '../../generated/ChatRow';
import type { MessageItem } from '../../generated/MessageItem';
import { call, copyText } from '../../host';
import { deletions } from '../../ui-state/deletions.svelte';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { drafts } from '../../ui-state/drafts.svelte';
import { editing } from '../../ui-state/editing.svelte';
import { picked } from '../../ui-state/picked.svelte';
import { toasts } from '../../ui-state/toasts.svelte';
import type { Action } from './entries';

export function act(action: Action, message: MessageItem, chat: ChatRow): void {
  const id = message.id;
  switch (action) {
    case 'reply':
      editing.end(chat.id);
      drafts.answer(chat.id, id, chat.draft);
      break;
    case 'edit':
      void editing.begin(chat.id, id);
      break;
    case 'forward':
      dialogs.show({ kind: 'forward', messages: [id] });
      break;
    case 'copy':
      void told('copied-text', copyText(shownText(message)));
      break;
    case 'link':
      void told('copied-message-link', copyLink(id));
      break;
    case 'pin':
    case 'unpin':
      void told(`did-${action}`, call('pin_message', { chat: chat.id, message: id, on: action === 'pin' })).then(() => pins.show(chat.id, toasts.error));
      break;
    case 'save':
    case 'unsave':
      void told(`did-${action}`, call('save_message', { message: id, on: action === 'save' }));
      break;
    case 'select':
      picked.toggle(chat.id, message);
      break;
    case 'readers':
      dialogs.show({ kind: 'readers', message: id });
      break;
    case 'people':
      dialogs.show({ kind: 'reactions', message: id, emoji: '' });
      break;
    case 'versions':
      dialogs.show({ kind: 'versions', message: id });
      break;
    case 'delete-me':
    case 'delete-everyone':
      if (editing.of(chat.id)?.message === id) editing.end(chat.id);
      deletions.add(chat.id, [id], action === 'delete-everyone');
      break;
  }
}

/** Reacts, or takes the same reaction back. */
export async function react(emoji: string, message: MessageItem, chat: ChatRow): Promise<void> {
  const on = !message.reactions.some((one) => one.emoji === emoji && one.mine);
  if (on) rememberEmoji(emoji);
  try {
    await call('react', { chat: chat.id, message: message.id, emoji, on });
  } catch (error) {
    toasts.error(error);
  }
}

export async function copyAll(messages: readonly MessageItem[]): Promise<void> {
  await told('copied-text', copyText(messages.map((one) => `${one.author_name}: ${one.text}`).join('\n\n')));
}

async function copyLink(message: string): Promise<void> {
  await copyText((await call('message_link', { message })).link);
}

async function told(key: string, done: Promise<unknown>): Promise<void> {
  try {
    await done;
    toasts.done(key);
  } catch (error) {
    toasts.error(error);
  }
}

/** What is selected in the message, else its text as it is shown: without the marks of its formatting. */
function shownText(message: MessageItem): string {
  const element = document.querySelector<HTMLElement>(`[data-id="${CSS.escape(message.id)}"] [data-testid="message-text"]`);
  const selection = window.getSelection();
  if (element && selection && !selection.isCollapsed && selection.containsNode(element, true)) return selection.toString();
  return element?.innerText || message.text;
}
