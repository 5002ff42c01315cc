// Which rows of the list are drawn: a thousand chats cost as much as a screenful. Pure; lengths in pixels.

/** Height of every row. */
export const ROW = 68;
/** Rows drawn beyond each edge, so that a scroll finds them there. */
const BEYOND = 6;
/** Drawn where the height of the list is not known yet. */
const FIRST = 20;

/** From `from` up to, without, `to`. */
export function rangeOf(count: number, top: number, height: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(Math.floor(top / ROW), count) - BEYOND);
  const rows = height > 0 ? Math.ceil(height / ROW) + 1 : FIRST;
  return { from, to: Math.min(count, Math.floor(top / ROW) + rows + BEYOND) };
}

/** The nearest scroll offset at which the row of `index` is in sight whole. */
export function scrollToShow(index: number, top: number, height: number): number {
  const start = index * ROW;
  if (start < top) return start;
  if (height > 0 && start + ROW > top + height) return start + ROW - height;
  return top;
}
