// What a person does with a chat's place in their own list, and marking it read without looking into it. Nobody else learns
// of it but by read marks. Failures become notes; nothing here rejects.

import { here } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import { call } from '../host';
import { FOREVER } from './folders.svelte';
import { selection } from './selection.svelte';
import { toasts } from './toasts.svelte';

const HOUR = 3_600_000;
/** When tomorrow begins to be heard. */
const MORNING = 8;

export function tomorrow(now: number): number {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1, MORNING).getTime();
}

export const MUTES = ['hour', 'tomorrow', 'forever'] as const;
export type Mute = (typeof MUTES)[number];

/** Until when a chat is muted that is muted now. */
export function mutedFor(how: Mute): number {
  if (how === 'forever') return FOREVER;
  return how === 'hour' ? Date.now() + HOUR : tomorrow(Date.now());
}

async function attempt(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    toasts.error(error);
  }
}

export function pinChat(chat: string, on: boolean): Promise<void> {
  return attempt(call('pin_chat', { chat, on }));
}

/** Among those that are pinned. */
export function movePinned(chat: string, up: boolean): Promise<void> {
  return attempt(call('move_pinned', { chat, up }));
}

export function archiveChat(chat: string, on: boolean): Promise<void> {
  return attempt(call('archive_chat', { chat, on }));
}

/** `until`: milliseconds since 1970; 0 lets it be heard again. */
export function muteChat(chat: string, until: number): Promise<void> {
  return attempt(call('mute_chat', { chat, until }));
}

/** A chat that one only asks for has no id of its own yet, by which its window could be found again. */
export function mayBeApart(row: { status: string }): boolean {
  return row.status !== 'asking';
}

/** Reads up to the newest message; the list itself does not know which that is. */
export async function markRead(chat: string): Promise<void> {
  // To the end, whichever account is on screen by then: what is opened is closed.
  const account = here();
  const { call: ask } = account;
  try {
    const { timeline, items } = await ask('open_timeline', { chat, at: { at: 'end' } });
    await ask('close_timeline', { timeline });
    const newest = items.findLast((item) => item.type === 'message');
    if (newest) await ask('mark_read', { chat, message: newest.id });
  } catch (error) {
    account.own(toasts).error(error);
  }
}

export async function markUnread(chat: string): Promise<void> {
  try {
    await here().call('mark_unread', { chat });
  } catch (error) {
    toasts.error(error);
  }
}

/** The chat with oneself. */
export async function openNotes(): Promise<void> {
  try {
    const { row } = await call('notes', {});
    if (!row) return;
    chats.offer(row);
    chats.publish();
    selection.select(row.id);
  } catch (error) {
    toasts.error(error);
  }
}
