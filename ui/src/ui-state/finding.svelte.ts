// Whether a person is searching, for what and where. Answers are the search screen's own; it hears the field's keys here.

import { perAccount } from '../core-state/account.svelte';

type Key = 'ArrowDown' | 'ArrowUp' | 'Enter';

class Finding {
  on = $state(false);
  query = $state('');
  /** Only in this chat; undefined is all of them. */
  chat = $state<string>();
  /** Moves when the field should take the focus. */
  asked = $state(0);
  /** Moves when the caret should go to the end of what is typed. */
  caret = $state(0);
  /** Id of the answer that Enter opens, for screen readers. */
  activeId = $state<string>();
  #onkey: ((key: Key) => void) | undefined;

  /** `keep`: what was typed stays. */
  begin(chat: string | undefined, keep = false): void {
    if (!keep && !this.on) this.query = '';
    this.chat = chat;
    this.on = true;
    this.asked += 1;
  }

  /** Changes what is typed, with the caret behind it. */
  put(query: string): void {
    this.query = query;
    this.caret += 1;
  }

  end(): void {
    this.on = false;
    this.query = '';
    this.chat = undefined;
    this.activeId = undefined;
  }

  key(key: Key): void {
    this.#onkey?.(key);
  }

  listen(onkey: (key: Key) => void): () => void {
    this.#onkey = onkey;
    return () => {
      if (this.#onkey === onkey) this.#onkey = undefined;
    };
  }
}

export const finding = perAccount(() => new Finding());
