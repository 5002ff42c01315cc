// Where a person has been: the way back and forward, and the chats they were in last. Goes nowhere itself; see places.

import { perAccount } from '../core-state/account.svelte';

export interface Visit {
  chat: string;
  /** The message one was taken to; without it the chat as it opens. */
  message?: string | undefined;
}

/** Places that are remembered. */
const MOST = 200;

export class Visits {
  #all = $state.raw<readonly Visit[]>([]);
  #at = $state(-1);
  /** Ids of chats, the last one first. */
  recent = $state.raw<readonly string[]>([]);

  /** A person is there now. What was ahead of them is forgotten, as in a browser. */
  note(visit: Visit): void {
    this.recent = [visit.chat, ...this.recent.filter((chat) => chat !== visit.chat)].slice(0, MOST);
    const now = this.#all[this.#at];
    if (now?.chat === visit.chat && (visit.message === undefined || now.message === visit.message)) return;
    const before = this.#all.slice(0, this.#at + 1);
    this.#all = [...before, visit].slice(-MOST);
    this.#at = this.#all.length - 1;
  }

  /** The message they leave from, so that the way back leads to it. */
  leaveFrom(chat: string, message: string): void {
    if (this.#all[this.#at]?.chat !== chat) return;
    this.#all = this.#all.with(this.#at, { chat, message });
  }

  /** Where the way leads. `shown`: the chat on screen; `has`: whether a chat is still there. */
  ahead(by: 1 | -1, shown: string | undefined, has: (chat: string) => boolean): Visit | undefined {
    return this.#all[this.#next(by, shown, has)];
  }

  step(by: 1 | -1, shown: string | undefined, has: (chat: string) => boolean): Visit | undefined {
    const next = this.#next(by, shown, has);
    if (this.#all[next]) this.#at = next;
    return this.#all[next];
  }

  #next(by: 1 | -1, shown: string | undefined, has: (chat: string) => boolean): number {
    const now = this.#all[this.#at];
    // A chat that was closed is one step back.
    if (by < 0 && now && now.chat !== shown && has(now.chat)) return this.#at;
    for (let at = this.#at + by; at >= 0 && at < this.#all.length; at += by) if (has(this.#all[at]!.chat)) return at;
    return -1;
  }
}

export const visits = perAccount(() => new Visits());
