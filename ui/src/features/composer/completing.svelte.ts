// The list that opens while a name or an emoji is typed: what it offers, and which line is on.

import { type EmojiRow, findEmoji, loadEmoji } from '../../components/emoji/emoji';
import { membersOf } from '../../core-state/members.svelte';
import type { ChatRow } from '../../generated/ChatRow';
import { preferences } from '../../ui-state/preferences.svelte';
import { toasts } from '../../ui-state/toasts.svelte';
import { EVERYONE, type Token, fold, peopleFor, tokenAt } from './complete';

export type Option =
  | { kind: 'person'; key: string; /** As they are called here. */ shown: string; /** As they call themselves, which is what is said. */ name: string; user: string }
  | { kind: 'everyone'; key: string; name: string }
  | { kind: 'emoji'; key: string; emoji: string; name: string };

const MOST = 8;

export class Completing {
  token = $state.raw<Token>();
  options = $state.raw<readonly Option[]>([]);
  active = $state(0);
  /** A token that was closed with Escape stays closed. */
  #closed: number | undefined;
  #turn = 0;

  get open(): boolean {
    return this.options.length > 0;
  }

  /** To be called whenever the text or the caret has moved. */
  async look(text: string, caret: number, chat: ChatRow): Promise<void> {
    const turn = (this.#turn += 1);
    const token = tokenAt(text, caret);
    if (!token || token.from === this.#closed) {
      if (!token) this.#closed = undefined;
      this.#show(token, []);
      return;
    }
    try {
      const options = token.kind === 'mention' ? await this.#people(token.asked, chat) : emojiOptions(await loadEmoji(preferences.language), token.asked);
      if (turn === this.#turn) this.#show(token, options);
    } catch (error) {
      if (turn === this.#turn) this.#show(token, []);
      toasts.error(error);
    }
  }

  step(by: 1 | -1): void {
    this.active = (this.active + by + this.options.length) % this.options.length;
  }

  close(): void {
    this.#turn += 1;
    this.#closed = this.token?.from;
    this.#show(undefined, []);
  }

  #show(token: Token | undefined, options: readonly Option[]): void {
    if (token?.from !== this.token?.from || token?.asked !== this.token?.asked) this.active = 0;
    this.token = token;
    this.options = options;
  }

  async #people(asked: string, chat: ChatRow): Promise<Option[]> {
    const people = peopleFor(await membersOf(chat.id, chat.members), asked)
      .slice(0, MOST)
      .map(({ user, name, own_name }): Option => ({ kind: 'person', key: user, shown: name, name: own_name, user }));
    const everyone = EVERYONE[preferences.language === 'ru' ? 1 : 0];
    const all = chat.kind !== 'dialog' && EVERYONE.some((name) => name.startsWith(fold(asked)));
    return all ? [...people, { kind: 'everyone', key: 'everyone', name: everyone }] : people;
  }
}

function emojiOptions(rows: readonly EmojiRow[], asked: string): Option[] {
  return findEmoji(rows, asked, MOST).map(([emoji, , name]) => ({ kind: 'emoji', key: emoji, emoji, name }));
}
