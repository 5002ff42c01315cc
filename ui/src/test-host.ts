// A host for tests: the core's answers are written by each test, its events are sent by hand.

import { vi } from 'vitest';

import type { Api } from './generated/Api';
import type { ChatRow } from './generated/ChatRow';
import type { Event } from './generated/Event';
import type { MessageItem } from './generated/MessageItem';
import type { TimelineItem } from './generated/TimelineItem';

type Answers = { [K in keyof Api]?: (args: Api[K]['arguments']) => Api[K]['result'] | Promise<Api[K]['result']> };

export const answers: Answers = {};
export const called: { name: keyof Api; args: unknown }[] = [];
export const opened: string[] = [];
let listener: ((events: Event[]) => void) | undefined;

export const hostModule = {
  async call<K extends keyof Api>(name: K, args: Api[K]['arguments']): Promise<Api[K]['result']> {
    called.push({ name, args });
    const answer = answers[name];
    if (!answer) throw { code: 'bad_request', message: `no answer for ${name}` };
    return answer(args);
  },
  async subscribe(onEvents: (events: Event[]) => void): Promise<void> {
    listener = onEvents;
  },
  async copyText(): Promise<void> {},
  async openLink(url: string): Promise<void> {
    opened.push(url);
  },
  toApiError(error: unknown) {
    return typeof error === 'object' && error !== null && 'code' in error ? error : { code: 'internal', message: String(error) };
  },
};

export function send(...events: Event[]): void {
  listener?.(events);
}

export function callsOf(name: keyof Api): unknown[] {
  return called.filter((one) => one.name === name).map((one) => one.args);
}

export function resetHost(): void {
  for (const name of Object.keys(answers)) delete answers[name as keyof Api];
  called.length = 0;
  opened.length = 0;
}

/** Lets promises and then one frame go by. */
export async function frame(): Promise<void> {
  await vi.waitFor(() => new Promise((done) => requestAnimationFrame(done)));
}

export function chatRow(over: Partial<ChatRow>): ChatRow {
  return {
    id: 'c1',
    kind: 'group',
    title: 'Trip',
    description: '',
    category: '',
    status: 'active',
    last: null,
    activity: 1,
    unread: 0,
    members: 2,
    draft: '',
    may_write: true,
    may_invite: true,
    quarantined: 0,
    ...over,
  };
}

export function message(key: string, over: Partial<MessageItem> = {}): TimelineItem & { type: 'message' } {
  return {
    type: 'message',
    key,
    id: `id-${key}`,
    author: 'u1',
    author_name: 'Anna',
    mine: false,
    text: `text ${key}`,
    at: 0,
    sent_at: null,
    state: null,
    first: true,
    last: true,
    ...over,
  };
}
