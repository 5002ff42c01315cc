// The message that is being answered, as the banner shows it: from the screen, else from the core.

import { messageOnScreen } from '../../core-state/timeline.svelte';
import { call } from '../../host';

export interface Answered {
  name: string;
  text: string;
}

/** An empty name when only the text is known. Rejects when the message is not here. */
export async function answeredMessage(chat: string, message: string): Promise<Answered> {
  const shown = messageOnScreen(chat, (one) => one.id === message);
  if (shown) return { name: shown.author_name, text: oneLine(shown.text) };
  return { name: '', text: oneLine((await call('message_source', { message })).text) };
}

/** Characters of a quote that can be seen at all. */
const SHOWN = 200;

function oneLine(text: string): string {
  return text.slice(0, SHOWN).replace(/\s+/g, ' ').trim();
}
