// Messages of one chat that were picked to do something with all of them.

import { SvelteMap } from 'svelte/reactivity';

import { perAccount } from '../core-state/account.svelte';
import type { MessageItem } from '../generated/MessageItem';

class Picked {
  chat = $state<string>();
  #messages = new SvelteMap<string, MessageItem>();

  /** Whether picking is on in this chat. */
  on(chat: string): boolean {
    return this.chat === chat;
  }

  has(message: string): boolean {
    return this.#messages.has(message);
  }

  /** In the order in which they were said. */
  get all(): MessageItem[] {
    return [...this.#messages.values()].toSorted((a, b) => a.at - b.at);
  }

  toggle(chat: string, message: MessageItem): void {
    if (this.chat !== chat) this.clear();
    this.chat = chat;
    if (!this.#messages.delete(message.id)) this.#messages.set(message.id, message);
    if (this.#messages.size === 0) this.clear();
  }

  clear(): void {
    this.#messages.clear();
    this.chat = undefined;
  }
}

export const picked = perAccount(() => new Picked());
