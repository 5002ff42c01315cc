// What a chat is called where it has no title of its own.

import { t } from './words.svelte';

export function titleOf(chat: { title: string; kind: string; status?: string }): string {
  if (chat.title !== '') return chat.title;
  if (chat.kind === 'notes') return t('notes');
  // What it is called, and of which kind it is, is told to who is let in.
  return t(chat.status === 'asking' ? 'chat-asked' : 'chat-untitled');
}
