// Which rows of the list are drawn: a thousand chats cost as much as a screenful. Pure; lengths in pixels, `row` is the height
// of every row.

/** Rows drawn beyond each edge, so that a scroll finds them there. */
const BEYOND = 6;

/** From `from` up to, without, `to`. As long as the list has no height of its own yet, it is as high as `most`, and nothing is
 *  drawn beyond it: that is the first screen of the window, for which somebody waits. */
export function rangeOf(count: number, row: number, top: number, height: number, most: number): { from: number; to: number } {
  const beyond = height > 0 ? BEYOND : 0;
  const from = Math.max(0, Math.min(Math.floor(top / row), count) - beyond);
  const rows = Math.ceil((height > 0 ? height : most) / row) + 1;
  return { from, to: Math.min(count, Math.floor(top / row) + rows + beyond) };
}

/** The nearest scroll offset at which the row of `index` is in sight whole. */
export function scrollToShow(index: number, row: number, top: number, height: number): number {
  const start = index * row;
  if (start < top) return start;
  if (height > 0 && start + row > top + height) return start + row - height;
  return top;
}
