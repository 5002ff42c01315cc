// Pictures of people and chats, asked for when they are first to be seen, and again when there is another one.

import { SvelteMap } from 'svelte/reactivity';

import type { ChatRow } from '../generated/ChatRow';
import { type Account, perAccount } from './account.svelte';

class Pictures {
  /** As data URLs; null: there is none. */
  #kept = new SvelteMap<string, string | null>();
  #asked = new Set<string>();
  #next: string[] = [];
  /** Of chats, under the chat and which picture it is. */
  #chats = new SvelteMap<string, string | null>();
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  /** The picture of a person, as far as it is here; follows changes when read in a reactive place. */
  of(user: string | null | undefined): string | undefined {
    if (!user) return undefined;
    if (!this.#asked.has(user)) this.#ask(user);
    return this.#kept.get(user) ?? undefined;
  }

  /** What a chat is shown by: its own picture, else that of the other person of a dialog. */
  ofChat(row: Pick<ChatRow, 'id' | 'picture' | 'peer'>): string | undefined {
    if (row.picture === 0) return this.of(row.peer);
    const which = `${row.id} ${row.picture}`;
    if (!this.#asked.has(which)) {
      this.#asked.add(which);
      queueMicrotask(() => void this.#loadChat(row.id, which));
    }
    return this.#chats.get(which) ?? undefined;
  }

  async #loadChat(chat: string, which: string): Promise<void> {
    try {
      this.#chats.set(which, (await this.#account.call('chat_picture', { chat })).picture);
    } catch {
      this.#asked.delete(which);
    }
  }

  /** Something else is known of the person. */
  changed(user: string): void {
    if (this.#asked.has(user)) this.#ask(user);
  }

  #ask(user: string): void {
    this.#asked.add(user);
    // All that are to be seen at once are asked for at once.
    if (this.#next.push(user) === 1) queueMicrotask(() => void this.#load());
  }

  async #load(): Promise<void> {
    const users = this.#next;
    this.#next = [];
    try {
      const { pictures } = await this.#account.call('pictures', { users });
      for (const { user, picture } of pictures) this.#kept.set(user, picture);
    } catch {
      // Initials do as well; asked again when the window shows them next.
      for (const user of users) this.#asked.delete(user);
    }
  }
}

export const pictures = perAccount((account) => new Pictures(account));
