// Moving from message to message with the arrow keys, within what is drawn.

/** Focuses the message `by` places further; from the list itself the lowest one in sight. Says whether it did. */
export function stepFocus(view: HTMLElement, by: 1 | -1): boolean {
  const rows = [...view.querySelectorAll<HTMLElement>('article')];
  const here = document.activeElement?.closest<HTMLElement>('article');
  const at = here ? rows.indexOf(here) : -1;
  const next = at >= 0 ? rows[at + by] : lowestInSight(view, rows);
  if (!next) return false;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

function lowestInSight(view: HTMLElement, rows: readonly HTMLElement[]): HTMLElement | undefined {
  const edge = view.getBoundingClientRect().bottom;
  return rows.findLast((row) => row.getBoundingClientRect().bottom <= edge + 1) ?? rows.at(-1);
}
