// Which rows of the list are drawn: a thousand chats cost as much as a screenful. Pure; lengths in pixels, `row` is the height
// of every row.

/** Rows drawn beyond each edge, so that a scroll finds them there. */
const BEYOND = 6;
/** Drawn where the height of the list is not known yet. */
const FIRST = 20;

/** From `from` up to, without, `to`. */
export function rangeOf(count: number, row: number, top: number, height: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(Math.floor(top / row), count) - BEYOND);
  const rows = height > 0 ? Math.ceil(height / row) + 1 : FIRST;
  return { from, to: Math.min(count, Math.floor(top / row) + rows + BEYOND) };
}

/** The nearest scroll offset at which the row of `index` is in sight whole. */
export function scrollToShow(index: number, row: number, top: number, height: number): number {
  const start = index * row;
  if (start < top) return start;
  if (height > 0 && start + row > top + height) return start + row - height;
  return top;
}
