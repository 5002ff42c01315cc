// Where the view of a timeline stands: stuck to the newest message, or at an anchor. Works on real geometry.
//
// The engine has no scroll anchoring of its own, and the virtual list learns heights only after it has drawn
// them. So after each change the view is put right at once and again in the frames that follow, until it stays;
// a person who scrolls meanwhile always wins.

import type { TimelineItem } from '../../generated/TimelineItem';
import { type Anchor, type Placed, pickAnchor } from './anchor';

/** Closer to the end than this, in pixels, is at the end. */
export const NEAR_END = 40;
/** Frames in which late heights may still move things. */
const FRAMES = 12;
/** Milliseconds after a wheel or key in which a scroll is the person's. */
const HAND = 300;

export interface List {
  scrollToIndex(index: number, options?: { align?: 'start' | 'center' | 'end' | 'nearest'; offset?: number }): void;
  getItemOffset(index: number): number;
}

export class Scroll {
  stuck = true;
  /** The last row is the newest message of the chat; else the end of the list is nowhere to stay. */
  tail = true;
  #element: HTMLElement;
  #list: () => List | undefined;
  #anchor: Anchor | undefined;
  #frame = 0;
  #left = 0;
  #lastTop = 0;
  #handAt = -Infinity;
  #held = false;
  #items: readonly TimelineItem[] = [];

  constructor(element: HTMLElement, list: () => List | undefined) {
    this.#element = element;
    this.#list = list;
  }

  get distance(): number {
    return this.#element.scrollHeight - this.#element.scrollTop - this.#element.clientHeight;
  }

  /** A wheel, a touch, a key: what moves now is the person. */
  hand(): void {
    this.#handAt = performance.now();
    this.#anchor = undefined;
  }

  /** The bar or the text is held down, and let go. */
  hold(held: boolean): void {
    this.#held = held;
    if (held) this.hand();
    else this.#handAt = performance.now();
  }

  /** To be called on every scroll; says whether the view is at the end. */
  scrolled(): boolean {
    const top = this.#element.scrollTop;
    const up = top < this.#lastTop - 1;
    this.#lastTop = top;
    // While heights settle the list itself moves the view, but never far.
    const ours = this.#left > 0 && !this.#held && performance.now() - this.#handAt > HAND && this.distance < this.#element.clientHeight / 3;
    if (this.distance <= NEAR_END) this.stuck = this.tail;
    else if (up && !ours) this.stuck = false;
    return this.stuck;
  }

  /** Before the list changes: remembers what the person reads. */
  remember(items: readonly TimelineItem[]): void {
    this.#anchor = this.stuck ? undefined : (pickAnchor(this.#rows(), items) ?? this.#anchor);
  }

  /** After the list changed. */
  settle(items: readonly TimelineItem[]): void {
    this.#items = items;
    this.#left = FRAMES;
    this.#put();
    this.#next();
  }

  /** Between two frames of settling, as soon as a height is known: before it is painted. */
  adjust(): void {
    if (this.#left > 0) this.#put();
  }

  /** At once: a glide would end where the end was before the rows on the way were measured. */
  toEnd(): void {
    this.#anchor = undefined;
    this.stuck = true;
    this.#left = FRAMES;
    this.#put();
    this.#next();
  }

  /** Puts the row of `index` near the upper edge. */
  toIndex(index: number, items: readonly TimelineItem[], top: number): void {
    const key = items[index]?.key;
    if (key === undefined) return;
    this.stuck = false;
    this.#items = items;
    this.#anchor = { key, top };
    this.#list()?.scrollToIndex(index, { align: 'start', offset: -top });
    this.#left = FRAMES;
    this.#next();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
  }

  #next(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#put();
      this.#left -= 1;
      if (this.#left > 0) this.#next();
      else this.#anchor = undefined;
    });
  }

  #put(): void {
    if (this.stuck) {
      if (this.distance > 1) this.#element.scrollTop = this.#element.scrollHeight;
    } else if (this.#anchor) {
      this.#keep(this.#anchor);
    }
    this.#lastTop = this.#element.scrollTop;
  }

  #keep(anchor: Anchor): void {
    const row = this.#element.querySelector(`[data-key="${CSS.escape(anchor.key)}"]`);
    if (row) {
      const moved = row.getBoundingClientRect().top - this.#element.getBoundingClientRect().top - anchor.top;
      if (Math.abs(moved) >= 1) this.#element.scrollTop += moved;
      return;
    }
    // Not drawn: the list's own idea of the place is near enough to draw it.
    const index = this.#items.findIndex((item) => item.key === anchor.key);
    const list = this.#list();
    if (index >= 0 && list) this.#element.scrollTop = list.getItemOffset(index) - anchor.top;
  }

  #rows(): Placed[] {
    const edge = this.#element.getBoundingClientRect().top;
    return [...this.#element.querySelectorAll<HTMLElement>('[data-key]')].map((row) => {
      const box = row.getBoundingClientRect();
      return { key: row.dataset['key'] ?? '', top: box.top - edge, bottom: box.bottom - edge };
    });
  }
}
