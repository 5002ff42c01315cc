// Deletions a person can still take back. The core hears of one when its time is over, or when the window goes away.
// A window may be closed faster than its last call gets through: what was not told is told at the next start.

import { SvelteMap } from 'svelte/reactivity';

import { type Account, perAccount } from '../core-state/account.svelte';
import { read, write } from './stored';
import { toasts } from './toasts.svelte';

/** Milliseconds in which a deletion can be taken back. */
export const UNDO_TIME = 5000;

export interface Deletion {
  id: number;
  chat: string;
  messages: readonly string[];
  forEveryone: boolean;
}

class Deletions {
  pending = $state.raw<readonly Deletion[]>([]);
  /** Also those the core was told of, until the window closes: they must not come back for a moment. */
  #gone = new SvelteMap<string, 'me' | 'everyone'>();
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 1;
  /** Profiles of one person on one computer share the storage of the window. */
  #storage: string | undefined;
  #account: Account;

  constructor(account: Account) {
    this.#account = account;
    const { signal } = account;
    // A hidden window may be one that is being closed.
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && void this.commit(), { signal });
    window.addEventListener('pagehide', () => void this.commit(), { signal });
  }

  /** Tells what the last window of this user had no time for, once. What is gone meanwhile is no trouble. */
  resume(user: string): void {
    const storage = `beseda.deletions.${user}`;
    if (this.#storage === storage) return;
    this.#storage = storage;
    for (const { chat, messages, forEveryone } of parse(read(this.#storage))) {
      for (const message of messages) this.#account.call('delete_message', { chat, message, for_everyone: forEveryone }).catch(() => undefined);
    }
    this.#keep();
  }

  /** Number of messages that look gone already. */
  get size(): number {
    return this.#gone.size;
  }

  of(message: string): 'me' | 'everyone' | undefined {
    return this.#gone.get(message);
  }

  add(chat: string, messages: readonly string[], forEveryone: boolean): void {
    const id = this.#next++;
    for (const message of messages) this.#gone.set(message, forEveryone ? 'everyone' : 'me');
    this.pending = [...this.pending, { id, chat, messages, forEveryone }];
    this.#keep();
    this.#wait(id);
  }

  /** The time to undo it stands still until what this answers is called, and then begins anew. */
  hold(id: number): () => void {
    clearTimeout(this.#timers.get(id));
    return () => {
      if (this.#timers.has(id)) this.#wait(id);
    };
  }

  #wait(id: number): void {
    this.#timers.set(
      id,
      setTimeout(() => void this.#send(id), UNDO_TIME),
    );
  }

  undo(id: number): void {
    const deletion = this.#take(id);
    this.#keep();
    for (const message of deletion?.messages ?? []) this.#gone.delete(message);
  }

  /** Sends all that waits, now; done when the core has heard. */
  async commit(): Promise<void> {
    await Promise.all(this.pending.map(({ id }) => this.#send(id)));
  }

  /** Nothing waits any more, here or for the next window. */
  drop(): void {
    for (const { id } of this.pending) this.#take(id);
    this.#keep();
  }

  async #send(id: number): Promise<void> {
    const deletion = this.#take(id);
    if (!deletion) return;
    const told = deletion.messages.map((message) =>
      this.#account.call('delete_message', { chat: deletion.chat, message, for_everyone: deletion.forEveryone }).catch((error: unknown) => {
        this.#gone.delete(message);
        this.#account.own(toasts).error(error);
      }),
    );
    // Only now is it sure that the core has heard.
    await Promise.all(told);
    this.#keep();
  }

  #take(id: number): Deletion | undefined {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const deletion = this.pending.find((one) => one.id === id);
    this.pending = this.pending.filter((one) => one.id !== id);
    return deletion;
  }

  #keep(): void {
    if (this.#storage !== undefined) write(this.#storage, this.pending.length > 0 ? JSON.stringify(this.pending) : undefined);
  }
}

function parse(stored: string | null): Deletion[] {
  try {
    const list: unknown = JSON.parse(stored ?? '[]');
    return Array.isArray(list) ? (list as Deletion[]).filter((one) => typeof one.chat === 'string' && Array.isArray(one.messages)) : [];
  } catch {
    return [];
  }
}

export const deletions = perAccount((account) => new Deletions(account));
