// Which chats are on screen, side by side, and which of them one acts in. It is so again at the next load of the page, be it
// after a crash of the webview. A window that shows one chat alone stays with it: whatever else is asked for is in another one.

import { type Account, perAccount } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import type { ChatRow } from '../generated/ChatRow';
import type { OpenAt } from '../generated/OpenAt';
import { chatApart, chatMoved, openChatWindow, showChat } from '../host';
import { leaveApart } from './apart';
import { attention } from './attention.svelte';
import { drafts } from './drafts.svelte';
import { counted, folders } from './folders.svelte';
import { read, write } from './stored';
import { toasts } from './toasts.svelte';
import { visits } from './visits.svelte';

export interface Pane {
  /** The same for as long as the pane is there, whichever chat is in it. */
  key: number;
  chat: string;
}

class Selection {
  /** One or two; none where no chat is open. A chat is in one of them only. */
  panes = $state.raw<readonly Pane[]>([]);
  /** Moves when the field of the chat one acts in should take the focus. */
  asked = $state(0);
  #active = $state(0);
  #next = 1;
  /** The chat that was asked for is gone from the list: the next new one is the same chat under its own id. */
  #follow = false;
  #account: Account;
  #resumed = false;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Once its chats are known: goes where the person was when the page ended, the first time only. */
  resume(): void {
    if (this.#resumed) return;
    this.#resumed = true;
    if (this.panes.length > 0) return;
    const apart = chatApart();
    // It may have gone while nobody looked.
    if (apart) return this.#account.own(chats).has(apart.chat) ? this.#settle(apart.chat) : this.#leave(undefined);
    const kept = (read(this.#key) ?? '').split(' ').filter((mark) => this.#account.own(chats).has(chatOf(mark)));
    for (const mark of kept.slice(0, 2)) this.openBeside(chatOf(mark));
    const active = kept.find((mark) => mark.endsWith(ACTIVE));
    if (active !== undefined) this.activate(chatOf(active));
  }

  /** The chat one acts in. */
  get chat(): string | undefined {
    return this.panes[this.#active]?.chat;
  }

  /** Whether there are two. */
  get split(): boolean {
    return this.panes.length > 1;
  }

  /** Opens a chat in place of the one that one acts in; undefined closes that. */
  select(id: string | undefined): void {
    if (chatApart()) return this.#leave(id);
    this.#follow = false;
    if (id === undefined) {
      this.panes = this.panes.filter((_, index) => index !== this.#active);
      this.#enter(0);
    } else {
      if (!this.activate(id)) {
        const pane: Pane = { key: this.panes[this.#active]?.key ?? this.#next++, chat: id };
        this.panes = this.panes.length === 0 ? [pane] : this.panes.with(this.#active, pane);
      }
      this.#enter(this.#active);
    }
  }

  /** Opens a chat in the other pane, which there may not be yet. */
  openBeside(id: string): void {
    if (this.activate(id)) return;
    if (this.panes.length === 0 || chatApart()) return this.select(id);
    const other = this.split ? 1 - this.#active : 1;
    const pane: Pane = { key: this.panes[other]?.key ?? this.#next++, chat: id };
    this.panes = this.split ? this.panes.with(other, pane) : [...this.panes, pane];
    this.#enter(other);
  }

  /** Opens a chat in a window of its own, and no longer here. */
  async openApart(id: string): Promise<void> {
    try {
      // What is typed here is typed on there.
      await this.#account.own(drafts).save();
      await openChatWindow(this.#account.id, id);
      this.close(id);
    } catch (error) {
      this.#account.own(toasts).error(error);
    }
  }

  /** Takes the person to where this window does not go. */
  elsewhere(at: OpenAt): void {
    showChat(this.#account.id, at).catch((error: unknown) => this.#account.own(toasts).error(error));
  }

  /** The chat one was in before, or the next one of the list, opens beside the one on screen. */
  divide(): void {
    const { rows } = this.#account.own(folders);
    const other = this.#account.own(visits).recent.find((id) => id !== this.chat && this.#account.own(chats).has(id)) ?? rows.find((row) => row.id !== this.chat)?.id;
    if (other !== undefined && !this.split) this.openBeside(other);
  }

  /** One acts in this chat now; says whether it is on screen. */
  activate(id: string): boolean {
    const index = this.panes.findIndex((pane) => pane.chat === id);
    if (index >= 0 && index !== this.#active) this.#enter(index);
    return index >= 0;
  }

  /** Closes the pane of a chat. */
  close(id: string): void {
    if (this.activate(id)) this.select(undefined);
  }

  /** Goes to the other pane with the keyboard. */
  cross(): void {
    if (!this.split) return;
    this.#enter(1 - this.#active);
    this.asked += 1;
  }

  /** The chat `by` places below the selected one; at an end it stays. */
  step(by: 1 | -1): void {
    const { rows } = this.#account.own(folders);
    const at = rows.findIndex((row) => row.id === this.chat);
    const next = at < 0 ? rows[by > 0 ? 0 : rows.length - 1] : rows[at + by];
    if (next) this.select(next.id);
  }

  get hasUnread(): boolean {
    return this.#unread.length > 0;
  }

  /** The nearest chat `by` that side of the selected one that has something unread; after the last comes the first. */
  stepUnread(by: 1 | -1): void {
    const { rows } = this.#account.own(folders);
    const at = rows.findIndex((row) => row.id === this.chat);
    const waiting = this.#unread;
    const next = by > 0 ? (waiting.find((row) => rows.indexOf(row) > at) ?? waiting[0]) : (waiting.findLast((row) => at < 0 || rows.indexOf(row) < at) ?? waiting.at(-1));
    if (next) this.select(next.id);
  }

  moved(came: readonly string[], went: readonly string[]): void {
    const gone = this.panes.find((pane) => went.includes(pane.chat));
    if (gone && chatApart()) return this.#movedApart(came);
    const heir = came.find((id) => this.#account.own(chats).has(id));
    if (heir !== undefined && gone) {
      this.panes = this.panes.map((pane) => (pane === gone ? { key: pane.key, chat: heir } : pane));
      this.#follow = false;
      this.#enter(this.#active);
    } else if (heir !== undefined && this.#follow) {
      this.select(heir);
    } else if (gone) {
      const alone = !this.split;
      this.close(gone.chat);
      this.#follow = alone;
    }
  }

  /** The chat of this window has got another id, or is no more. */
  #movedApart(came: readonly string[]): void {
    const heir = came.find((id) => this.#account.own(chats).has(id));
    if (heir === undefined) return this.#leave(undefined);
    this.#settle(heir);
    chatMoved(heir).catch((error: unknown) => this.#account.own(toasts).error(error));
  }

  #settle(chat: string): void {
    this.panes = [{ key: this.panes[0]?.key ?? this.#next++, chat }];
  }

  #leave(id: string | undefined): void {
    if (id === undefined) void leaveApart(this.#account);
    else if (id !== this.chat) this.elsewhere({ chat: id, message: null });
  }

  /** Of what the list shows; muted ones only where somebody names this person there. */
  get #unread(): ChatRow[] {
    return this.#account.own(folders).rows.filter((row) => row.id !== this.chat && counted(row, attention.now) > 0);
  }

  #enter(index: number): void {
    this.#active = index;
    const { chat } = this;
    this.#account.own(folders).keep(chat);
    if (chat !== undefined) this.#account.own(visits).note({ chat });
    write(this.#key, this.panes.map((pane) => (pane.chat === chat ? pane.chat + ACTIVE : pane.chat)).join(' ') || undefined);
  }

  get #key(): string {
    return `beseda.chat.${this.#account.id}`;
  }
}

/** Marks the chat one acts in where they are kept. */
const ACTIVE = '*';

function chatOf(mark: string): string {
  return mark.endsWith(ACTIVE) ? mark.slice(0, -1) : mark;
}

export const selection = perAccount((account) => new Selection(account));
