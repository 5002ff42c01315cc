// A host for tests: the core's answers are written by each test, its events are sent by hand.

import { vi } from 'vitest';

import type { Api } from './generated/Api';
import type { ChatRow } from './generated/ChatRow';
import type { Batch } from './generated/Batch';
import type { Event } from './generated/Event';
import type { OpenAt } from './generated/OpenAt';
import type { MessageItem } from './generated/MessageItem';
import type { SyncStatus } from './generated/SyncStatus';
import type { SystemSettings } from './generated/SystemSettings';
import type { TimelineItem } from './generated/TimelineItem';
import type { WindowApi } from './generated/WindowApi';

/** An answer may depend on the account that is asked. */
type Answers = { [K in keyof Api]?: (args: Api[K]['arguments'], account: string) => Api[K]['result'] | Promise<Api[K]['result']> };
type WindowAnswers = { [K in keyof WindowApi]?: (args: WindowApi[K]['arguments']) => WindowApi[K]['result'] | Promise<WindowApi[K]['result']> };

export const answers: Answers = {};
export const windowAnswers: WindowAnswers = {};
export const called: { name: keyof Api | keyof WindowApi; args: unknown; account: string | null }[] = [];
export const opened: string[] = [];
export const copied: string[] = [];
export const zooms: number[] = [];
export const reloads = { count: 0 };
/** The chat of this window, where it shows one alone; and what was asked of the shell about windows. */
export const windows: { apart: { account: string; chat: string } | undefined; asked: unknown[][] } = { apart: undefined, asked: [] };
/** What the session says of itself, and whether it refuses a change. */
export const system: SystemSettings & { refuses?: 'keys_taken' | 'internal' } = { autostart: false, shortcut: null, shortcut_possible: true };
let linked: ((link: string) => void) | undefined;
let listener: ((batch: Batch) => void) | undefined;
let shown = { account: '' };

async function ask<K extends keyof Api>(account: string, name: K, args: Api[K]['arguments']): Promise<Api[K]['result']> {
  called.push({ name, args, account });
  const answer = answers[name];
  if (!answer) throw { code: 'bad_request', message: `no answer for ${name}` };
  return answer(args, account);
}

export const hostModule = {
  async call<K extends keyof Api>(name: K, args: Api[K]['arguments']): Promise<Api[K]['result']> {
    const asked = shown;
    const answer = ask(asked.account, name, args);
    await answer.catch(() => undefined);
    return asked === shown ? answer : new Promise<never>(() => {});
  },
  callFor(account: string): void {
    shown = { account };
  },
  callAs(account: string) {
    return <K extends keyof Api>(name: K, args: Api[K]['arguments']) => ask(account, name, args);
  },
  async callWindow<K extends keyof WindowApi>(name: K, args: WindowApi[K]['arguments']): Promise<WindowApi[K]['result']> {
    called.push({ name, args, account: null });
    const answer = windowAnswers[name];
    if (!answer) throw { code: 'bad_request', message: `no answer for ${name}` };
    return answer(args);
  },
  async subscribe(onBatch: (batch: Batch) => void): Promise<void> {
    listener = onBatch;
  },
  async copyText(text: string): Promise<void> {
    copied.push(text);
  },
  async zoomPage(factor: number): Promise<void> {
    zooms.push(factor);
  },
  chatApart() {
    return windows.apart;
  },
  async chatMoved(chat: string): Promise<void> {
    windows.asked.push(['moved', chat]);
  },
  async openChatWindow(account: string, chat: string): Promise<void> {
    windows.asked.push(['open', account, chat]);
  },
  async showChat(account: string, at: OpenAt): Promise<void> {
    windows.asked.push(['show', account, at]);
  },
  async closeChatWindow(): Promise<void> {
    windows.asked.push(['close']);
  },
  async followLinks(onLink: (link: string) => void): Promise<void> {
    linked = onLink;
  },
  async systemSettings(): Promise<SystemSettings> {
    return { ...system };
  },
  async setAutostart(on: boolean): Promise<SystemSettings> {
    return setSystem({ autostart: on });
  },
  async setShortcut(shortcut: string | null): Promise<SystemSettings> {
    return setSystem({ shortcut });
  },
  reloadPage(): void {
    reloads.count += 1;
  },
  async openLink(url: string): Promise<void> {
    opened.push(url);
  },
  toApiError(error: unknown) {
    return typeof error === 'object' && error !== null && 'code' in error ? error : { code: 'internal', message: String(error) };
  },
};

function setSystem(change: Partial<SystemSettings>): SystemSettings {
  if (system.refuses) throw { code: system.refuses, message: 'm' };
  return { ...Object.assign(system, change) };
}

/** A link is opened in a browser, or the like. */
export function openFromOutside(link: string): void {
  linked?.(link);
}

/** Events of the account on screen. */
export function send(...events: Event[]): void {
  sendOf(shown.account, ...events);
}

export function sendOf(account: string, ...events: Event[]): void {
  listener?.({ account, events });
}

export function callsOf(name: keyof Api | keyof WindowApi): unknown[] {
  return called.filter((one) => one.name === name).map((one) => one.args);
}

/** Which accounts were asked so. */
export function askedOf(name: keyof Api): (string | null)[] {
  return called.filter((one) => one.name === name).map((one) => one.account);
}

export function resetHost(): void {
  for (const name of Object.keys(answers)) delete answers[name as keyof Api];
  for (const name of Object.keys(windowAnswers)) delete windowAnswers[name as keyof WindowApi];
  called.length = 0;
  opened.length = copied.length = zooms.length = 0;
  reloads.count = 0;
  windows.apart = undefined;
  windows.asked.length = 0;
  Object.assign(system, { autostart: false, shortcut: null, shortcut_possible: true, refuses: undefined });
}

/** Lets promises and then one frame go by. */
export async function frame(): Promise<void> {
  // However long that takes on a busy machine.
  await vi.waitFor(() => new Promise((done) => requestAnimationFrame(done)), { timeout: 60_000 });
}

/** All is well, but for what is said otherwise. */
export function syncStatus(over: Partial<SyncStatus> = {}): SyncStatus {
  return { state: 'up_to_date', waiting: 0, error: null, last_sync: null, removed: false, relay: 'https://relay.example.org', refilling: null, proposed: null, ...over };
}

export function chatRow(over: Partial<ChatRow>): ChatRow {
  return {
    id: 'c1',
    kind: 'group',
    title: 'Trip',
    description: '',
    category: '',
    status: 'active',
    refused: null,
    last: null,
    activity: 1,
    unread: 0,
    mentions: 0,
    marked_unread: false,
    draft_reply: null,
    members: 2,
    draft: '',
    may_write: true,
    may_answer: true,
    may_invite: true,
    may_edit: true,
    admin: true,
    owner: true,
    rights: { write: true, comment: true, add: false, pin: true, info: false },
    open_history: true,
    leaving: 'no',
    pinned: 0,
    archived: false,
    muted_until: 0,
    level: 'all',
    quarantined: 0,
    picture: 0,
    requested_by: null,
    peer: null,
    verified: false,
    new_device: false,
    ...over,
  };
}

export function message(key: string, over: Partial<MessageItem> = {}): TimelineItem & { type: 'message' } {
  const text = over.text ?? `text ${key}`;
  return {
    type: 'message',
    key,
    id: `id-${key}`,
    author: 'u1',
    author_name: 'Anna',
    mine: false,
    blocked: false,
    text,
    markup: [{ type: 'paragraph', inlines: [{ type: 'text', text }] }],
    at: 0,
    sent_at: null,
    state: null,
    first: true,
    last: true,
    edited: false,
    deleted: false,
    pinned: false,
    saved: false,
    names_me: false,
    reply: null,
    forwarded: null,
    reactions: [],
    poll: null,
    readers: 0,
    may_edit: false,
    may_delete: false,
    may_pin: true,
    ...over,
  };
}
