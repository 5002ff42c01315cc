// What a chat is called where it has no title of its own.

import { t } from './words.svelte';

export function titleOf(chat: { title: string; kind: string }): string {
  return chat.title || t(chat.kind === 'notes' ? 'notes' : 'chat-untitled');
}
