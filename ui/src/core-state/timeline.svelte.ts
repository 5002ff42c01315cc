// The open timeline: a list of items that follows the core by diffs. It computes nothing about messages.

import type { Event } from '../generated/Event';
import type { MessageItem } from '../generated/MessageItem';
import type { TimelineAt } from '../generated/TimelineAt';
import type { TimelineItem } from '../generated/TimelineItem';
import type { TimelineOp } from '../generated/TimelineOp';
import { here, perAccount } from './account.svelte';
import { frames } from './frames';
import { applyOps } from './ops';

type Diff = Extract<Event, { type: 'timeline' }>;

/** The open timelines of an account, by the core's number; numbers of two accounts are the same ones. */
class Timelines {
  readonly open = new Map<number, Timeline>();
  /** Diffs that overtook the answer of `open_timeline`, kept only while such an answer is awaited. */
  readonly unclaimed = new Map<number, Diff[]>();
  openings = 0;

  /** Hands a diff to the timeline it belongs to. */
  deliver(diff: Diff): void {
    const target = this.open.get(diff.timeline);
    if (target) {
      target.push(diff);
    } else if (this.openings > 0) {
      const early = this.unclaimed.get(diff.timeline);
      if (early) early.push(diff);
      else this.unclaimed.set(diff.timeline, [diff]);
    }
  }
}

export const timelines = perAccount(() => new Timelines());

/** Of a chat of the account that was on screen when it was made. */
export class Timeline {
  readonly chat: string;
  /** A new array for each change on screen; unchanged items stay the same objects. */
  items = $state.raw<readonly TimelineItem[]>([]);
  moreBefore = $state(false);
  /** The newest message is not in the window: new ones are not appended. */
  moreAfter = $state(false);
  loadingOlder = $state(false);
  loadingNewer = $state(false);
  opened = $state(false);
  /** Key of the item to show first. */
  target: string | undefined;

  #account = here();
  #all = this.#account.own(timelines);
  #handle: number | undefined;
  #closed = false;
  #attended = false;
  #list: TimelineItem[] = [];
  #queue: TimelineOp[] = [];
  #frames = frames(() => this.#flush());
  #onParted: () => void;

  /** `onParted` is called when a diff does not fit: the owner opens the timeline again. */
  constructor(chat: string, onParted: () => void) {
    this.chat = chat;
    this.#onParted = onParted;
  }

  async open(at: TimelineAt): Promise<void> {
    this.#all.openings += 1;
    try {
      const snapshot = await this.#account.call('open_timeline', { chat: this.chat, at });
      const early = this.#all.unclaimed.get(snapshot.timeline) ?? [];
      const { more_before, more_after } = early.at(-1) ?? snapshot;
      this.#all.unclaimed.delete(snapshot.timeline);
      if (this.#closed) {
        void this.#account.call('close_timeline', { timeline: snapshot.timeline }).catch(ignore);
        return;
      }
      this.#handle = snapshot.timeline;
      this.#all.open.set(snapshot.timeline, this);
      this.moreBefore = more_before;
      this.moreAfter = more_after;
      this.target = snapshot.target ?? undefined;
      this.#list = snapshot.items.slice();
      this.#queue = early.flatMap((diff) => diff.ops);
      this.#flush();
      this.opened = true;
    } finally {
      this.#all.openings -= 1;
      if (this.#all.openings === 0) this.#all.unclaimed.clear();
    }
  }

  /** Does nothing while a page is on its way or when there is none. */
  async loadOlder(): Promise<void> {
    if (this.#handle === undefined || this.loadingOlder || !this.moreBefore) return;
    this.loadingOlder = true;
    try {
      const { more_before, more_after } = await this.#account.call('load_older', { timeline: this.#handle });
      this.#frames.now();
      this.moreBefore = more_before;
      // A long window lets go of its other end.
      this.moreAfter = more_after;
    } finally {
      this.loadingOlder = false;
    }
  }

  /** As `loadOlder`, towards the newest. */
  async loadNewer(): Promise<void> {
    if (this.#handle === undefined || this.loadingNewer || !this.moreAfter) return;
    this.loadingNewer = true;
    try {
      const { more_before, more_after } = await this.#account.call('load_newer', { timeline: this.#handle });
      this.#frames.now();
      this.moreBefore = more_before;
      this.moreAfter = more_after;
    } finally {
      this.loadingNewer = false;
    }
  }

  message(id: string): MessageItem | undefined {
    return this.items.find((item) => item.type === 'message' && item.id === id) as MessageItem | undefined;
  }

  /** Whether the person looks at it: the core tells them outside the window of what they do not see here. */
  attend(on: boolean): void {
    if (this.#handle === undefined || this.#attended === on) return;
    this.#attended = on;
    void this.#account.call('attend', { timeline: this.#handle, on }).catch(ignore);
  }

  close(): void {
    this.#closed = true;
    if (this.#handle === undefined) return;
    this.#all.open.delete(this.#handle);
    void this.#account.call('close_timeline', { timeline: this.#handle }).catch(ignore);
    this.#handle = undefined;
  }

  push(diff: Diff): void {
    this.#queue.push(...diff.ops);
    this.moreBefore = diff.more_before;
    this.moreAfter = diff.more_after;
    this.#frames.request();
  }

  #flush(): void {
    if (this.#closed) return;
    const ops = this.#queue;
    this.#queue = [];
    try {
      this.#list = applyOps(this.#list, ops);
    } catch {
      this.#onParted();
      return;
    }
    this.items = this.#list.slice();
  }
}

/** A message of a chat that is on screen. */
export function messageOnScreen(chat: string, fits: (message: MessageItem) => boolean): MessageItem | undefined {
  for (const timeline of timelines.open.values()) {
    if (timeline.chat !== chat) continue;
    return timeline.items.findLast((item): item is TimelineItem & { type: 'message' } => item.type === 'message' && fits(item));
  }
  return undefined;
}

/** Closing what the core has closed already, or cannot reach, leaves nothing to do; nor does looking at it. */
function ignore(): void {}
