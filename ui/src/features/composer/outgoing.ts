// Messages on their way from the composer to the core, in the order they were written.

import { here } from '../../core-state/account.svelte';
import { members } from '../../core-state/members.svelte';
import type { ChatRow } from '../../generated/ChatRow';
import type { Mention } from '../../generated/Mention';
import { mentionsIn } from './complete';

export class Outgoing {
  /** A message waits for names here: it goes to its own account all the same. */
  #account = here();
  #chat: () => ChatRow;
  /** Whom the person picked for a name, where two have the same. */
  #chosen = new Map<string, string>();
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(chat: () => ChatRow) {
    this.#chat = chat;
  }

  choose(name: string, user: string): void {
    this.#chosen.set(name, user);
  }

  /** Rejects with an `ApiError`. */
  async mentions(text: string): Promise<Mention[]> {
    const { id, members: count } = this.#chat();
    return text.includes('@') ? mentionsIn(text, await this.#account.own(members).of(id, count), this.#chosen) : [];
  }

  /** Also where an earlier message waits for the members, a later one does not overtake it. Rejects with an `ApiError`. */
  send(text: string, replyTo: string | null): Promise<void> {
    const chat = this.#chat().id;
    const going = this.#leaving.then(async () => {
      await this.#account.call('send_message', { chat, text, reply_to: replyTo, mentions: await this.mentions(text), poll: null });
    });
    this.#leaving = going.catch(() => undefined);
    return going;
  }

  /** Rejects with an `ApiError`. */
  async edit(message: string, text: string): Promise<void> {
    const chat = this.#chat().id;
    const mentions = await this.mentions(text);
    await this.#account.call('edit_message', { chat, message, text, mentions });
  }
}
