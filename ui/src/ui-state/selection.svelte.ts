// Which chat is on screen.

import { chats } from '../core-state/chats.svelte';

class Selection {
  chat = $state<string | undefined>();
  /** The chat that was asked for is gone from the list: the next new one is the same chat under its own id. */
  #follow = false;

  select(id: string | undefined): void {
    this.chat = id;
    this.#follow = false;
  }

  /** The chat `by` places below the selected one; at an end it stays. */
  step(by: 1 | -1): void {
    const rows = chats.rows;
    const at = rows.findIndex((row) => row.id === this.chat);
    const next = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
    if (next) this.select(next.id);
  }

  moved(came: readonly string[], went: readonly string[]): void {
    const gone = this.chat !== undefined && went.includes(this.chat);
    const heir = came.find((id) => chats.has(id));
    if (gone || this.#follow) {
      if (heir !== undefined) this.select(heir);
      else if (gone) {
        this.chat = undefined;
        this.#follow = true;
      }
    }
  }
}

export const selection = new Selection();
