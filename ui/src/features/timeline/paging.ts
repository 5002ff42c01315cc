// Fetching the next page before a person reaches the end of what is loaded, on either side.

import { here } from '../../core-state/account.svelte';
import type { Timeline } from '../../core-state/timeline.svelte';
import { toasts } from '../../ui-state/toasts.svelte';

/** Pixels from an end at which the next page is fetched. */
const REACH = 800;

/** Goes on as long as a page is shorter than the view; `view` is asked anew each time. */
export function fetchMore(timeline: Timeline, view: () => HTMLElement | undefined): void {
  const element = view();
  if (!element) return;
  const below = element.scrollHeight - element.scrollTop - element.clientHeight;
  const again = () => requestAnimationFrame(() => fetchMore(timeline, view));
  const notes = here().own(toasts);
  const failed = (error: unknown) => notes.error(error);
  if (element.scrollTop < REACH && timeline.moreBefore && !timeline.loadingOlder) timeline.loadOlder().then(again, failed);
  if (below < REACH && timeline.moreAfter && !timeline.loadingNewer) timeline.loadNewer().then(again, failed);
}
