// The open timeline: a list of items that follows the core by diffs. It computes nothing about messages.

import { call } from '../host';
import type { TimelineItem } from '../generated/TimelineItem';
import type { TimelineOp } from '../generated/TimelineOp';
import { frames } from './frames';
import { applyOps } from './ops';

export class Timeline {
  readonly chat: string;
  /** A new array for each change on screen; unchanged items stay the same objects. */
  items = $state.raw<readonly TimelineItem[]>([]);
  moreBefore = $state(false);
  loadingOlder = $state(false);
  opened = $state(false);

  #handle: number | undefined;
  #closed = false;
  #list: TimelineItem[] = [];
  #queue: TimelineOp[] = [];
  #frames = frames(() => this.#flush());
  #onParted: () => void;

  /** `onParted` is called when a diff does not fit: the owner opens the timeline again. */
  constructor(chat: string, onParted: () => void) {
    this.chat = chat;
    this.#onParted = onParted;
  }

  async open(): Promise<void> {
    openings += 1;
    try {
      const snapshot = await call('open_timeline', { chat: this.chat });
      const early = unclaimed.get(snapshot.timeline) ?? [];
      unclaimed.delete(snapshot.timeline);
      if (this.#closed) {
        void call('close_timeline', { timeline: snapshot.timeline }).catch(ignore);
        return;
      }
      this.#handle = snapshot.timeline;
      open.set(snapshot.timeline, this);
      this.moreBefore = snapshot.more_before;
      this.#list = snapshot.items.slice();
      this.#queue = early;
      this.#flush();
      this.opened = true;
    } finally {
      openings -= 1;
      if (openings === 0) unclaimed.clear();
    }
  }

  /** Does nothing while a page is on its way or when there is none. */
  async loadOlder(): Promise<void> {
    if (this.#handle === undefined || this.loadingOlder || !this.moreBefore) return;
    this.loadingOlder = true;
    try {
      const { more_before } = await call('load_older', { timeline: this.#handle });
      this.#frames.now();
      this.moreBefore = more_before;
    } finally {
      this.loadingOlder = false;
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#handle === undefined) return;
    open.delete(this.#handle);
    void call('close_timeline', { timeline: this.#handle }).catch(ignore);
    this.#handle = undefined;
  }

  push(ops: readonly TimelineOp[]): void {
    this.#queue.push(...ops);
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

const open = new Map<number, Timeline>();
/** Diffs that overtook the answer of `open_timeline`, kept only while such an answer is awaited. */
const unclaimed = new Map<number, TimelineOp[]>();
let openings = 0;

/** Hands a diff to the timeline it belongs to. */
export function deliver(timeline: number, ops: readonly TimelineOp[]): void {
  const target = open.get(timeline);
  if (target) {
    target.push(ops);
  } else if (openings > 0) {
    const early = unclaimed.get(timeline);
    if (early) early.push(...ops);
    else unclaimed.set(timeline, [...ops]);
  }
}

/** Closing what the core has closed already, or cannot reach, leaves nothing to do. */
function ignore(): void {}
