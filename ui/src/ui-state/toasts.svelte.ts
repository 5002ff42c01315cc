// Short notes at the edge of the window: errors in words, and what was done. Those of an account are seen in it only.

import { perAccount } from '../core-state/account.svelte';
import type { ApiError } from '../generated/ApiError';
import { toApiError } from '../host';

export interface Note {
  id: number;
  tone: 'error' | 'done';
  /** Key of the sentence. */
  key: string;
  /** The core's own English words, for the curious and for reports. */
  details: string;
}

/** Milliseconds a note stays. */
const STAY = { error: 8000, done: 2500 };
const MOST = 3;

class Toasts {
  notes = $state.raw<Note[]>([]);
  #next = 1;

  error(error: unknown): void {
    const known: ApiError = toApiError(error);
    this.#add('error', `error-${known.code}`, known.message);
  }

  /** Trouble that has a sentence of its own rather than that of its code. */
  say(key: string): void {
    this.#add('error', key, '');
  }

  done(key: string): void {
    this.#add('done', key, '');
  }

  drop(id: number): void {
    this.notes = this.notes.filter((note) => note.id !== id);
  }

  #add(tone: Note['tone'], key: string, details: string): void {
    const id = this.#next++;
    // The same trouble twice is one note, shown anew.
    const others = this.notes.filter((note) => note.key !== key);
    this.notes = [...others, { id, tone, key, details }].slice(-MOST);
    setTimeout(() => this.drop(id), STAY[tone]);
  }
}

export const toasts = perAccount(() => new Toasts());
