import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { message } from '../../test-host';
import { Scroll } from './scroll';

/** A column of rows with heights of our choice: the geometry that happy-dom has not. */
class Column {
  readonly view = document.createElement('div');
  heights = new Map<string, number>();
  #top = 0;

  constructor(readonly height: number) {
    Object.defineProperties(this.view, {
      clientHeight: { get: () => this.height },
      scrollHeight: { get: () => this.total },
      scrollTop: {
        get: () => this.#top,
        set: (top: number) => {
          this.#top = Math.max(0, Math.min(top, this.total - this.height));
        },
      },
    });
    this.view.getBoundingClientRect = () => new DOMRect(0, 100, 300, this.height);
    document.body.append(this.view);
  }

  get total(): number {
    return [...this.heights.values()].reduce((sum, height) => sum + height, 0);
  }

  draw(...rows: [string, number][]): void {
    this.heights = new Map(rows);
    this.view.replaceChildren(
      ...rows.map(([key]) => {
        const row = document.createElement('p');
        row.dataset['key'] = key;
        row.getBoundingClientRect = () => new DOMRect(0, 100 + this.offset(key) - this.#top, 300, this.heights.get(key));
        return row;
      }),
    );
  }

  offset(wanted: string): number {
    let offset = 0;
    for (const [key, height] of this.heights) {
      if (key === wanted) break;
      offset += height;
    }
    return offset;
  }

  seen(key: string): number {
    return this.offset(key) - this.#top;
  }
}

const items = (...keys: string[]) => keys.map((key) => message(key));

describe('the place in a timeline', () => {
  let column: Column;
  let scroll: Scroll;

  beforeEach(() => {
    vi.useFakeTimers();
    column = new Column(200);
    column.draw(['a', 100], ['b', 100], ['c', 100], ['d', 100]);
    scroll = new Scroll(column.view, () => undefined);
    scroll.toEnd();
  });
  afterEach(() => {
    scroll.dispose();
    column.view.remove();
    vi.useRealTimers();
  });

  it('is the end, and stays the end as messages come and heights become known', () => {
    expect(scroll.distance).toBe(0);
    scroll.remember(items('a', 'b', 'c', 'd'));
    column.draw(['a', 100], ['b', 100], ['c', 100], ['d', 100], ['e', 60]);
    scroll.settle(items('a', 'b', 'c', 'd', 'e'));
    expect(scroll.distance).toBe(0);
    column.heights.set('e', 400);
    vi.advanceTimersToNextFrame();
    expect(scroll.distance).toBe(0);
  });

  it('is left by scrolling up, and found again by scrolling down', () => {
    column.view.scrollTop = 50;
    expect(scroll.scrolled()).toBe(false);
    column.view.scrollTop = 190;
    expect(scroll.scrolled()).toBe(true);
  });

  it('is left also while messages keep coming, by wheel, bar or far', () => {
    const grow = () => {
      scroll.remember(items('a', 'b', 'c', 'd'));
      column.draw(['a', 100], ['b', 100], ['c', 100], ['d', 100], ['e', 60]);
      scroll.settle(items('a', 'b', 'c', 'd', 'e'));
    };
    grow();
    scroll.hold(true);
    vi.advanceTimersByTime(150);
    column.view.scrollTop -= 60;
    expect(scroll.scrolled()).toBe(false);
    scroll.hold(false);
    scroll.toEnd();
    vi.advanceTimersByTime(1000);
    grow();
    // What the list does while it learns heights is not the person.
    column.view.scrollTop -= 60;
    expect(scroll.scrolled()).toBe(true);
    scroll.hand();
    column.view.scrollTop -= 10;
    expect(scroll.scrolled()).toBe(false);
  });

  it('does not move when older messages come, nor when their heights turn out others', () => {
    vi.advanceTimersByTime(1000);
    column.view.scrollTop = 30;
    scroll.scrolled();
    const before = column.seen('b');
    scroll.remember(items('a', 'b', 'c', 'd'));
    const anchored = column.seen('a');
    column.draw(['x', 50], ['y', 50], ['a', 100], ['b', 100], ['c', 100], ['d', 100]);
    scroll.settle(items('x', 'y', 'a', 'b', 'c', 'd'));
    expect(column.seen('a')).toBe(anchored);
    column.heights.set('x', 333);
    vi.advanceTimersToNextFrame();
    expect(column.seen('a')).toBe(anchored);
    expect(column.seen('b')).toBe(before);
  });

  it('is the person’s as soon as they scroll', () => {
    vi.advanceTimersByTime(1000);
    column.view.scrollTop = 30;
    scroll.scrolled();
    scroll.remember(items('a', 'b', 'c', 'd'));
    column.draw(['x', 50], ['a', 100], ['b', 100], ['c', 100], ['d', 100]);
    scroll.settle(items('x', 'a', 'b', 'c', 'd'));
    scroll.hand();
    column.view.scrollTop = 5;
    scroll.scrolled();
    vi.advanceTimersToNextFrame();
    vi.advanceTimersToNextFrame();
    expect(column.view.scrollTop).toBe(5);
  });

  it('does not stay at an end that is not the newest message', () => {
    scroll.tail = false;
    column.view.scrollTop = 50;
    scroll.scrolled();
    column.view.scrollTop = 200;
    expect(scroll.scrolled()).toBe(false);
    scroll.remember(items('a', 'b', 'c', 'd'));
    column.draw(['a', 100], ['b', 100], ['c', 100], ['d', 100], ['e', 300]);
    scroll.settle(items('a', 'b', 'c', 'd', 'e'));
    expect(column.view.scrollTop).toBe(200);
    scroll.tail = true;
    column.view.scrollTop = 500;
    expect(scroll.scrolled()).toBe(true);
  });

  it('does not follow new messages while one reads older ones', () => {
    vi.advanceTimersByTime(1000);
    column.view.scrollTop = 30;
    scroll.scrolled();
    scroll.remember(items('a', 'b', 'c', 'd'));
    column.draw(['a', 100], ['b', 100], ['c', 100], ['d', 100], ['e', 300]);
    scroll.settle(items('a', 'b', 'c', 'd', 'e'));
    vi.advanceTimersByTime(1000);
    expect(column.view.scrollTop).toBe(30);
  });
});
