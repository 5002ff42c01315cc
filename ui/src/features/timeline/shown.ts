// Which items of a history are shown. Pure.

import type { ChatKind } from '../../generated/ChatKind';
import type { TimelineItem } from '../../generated/TimelineItem';

/** That a chat was made, and who came into it, is no news to who is alone in it, nor to two who talk. */
function isNews(item: TimelineItem, kind: ChatKind): boolean {
  return item.type !== 'event' || (kind !== 'notes' && kind !== 'dialog') || (item.event.what !== 'created' && item.event.what !== 'added');
}

/** The items without those that are `hidden` from this person, and without the days that are left with nothing. */
export function shownOf(items: readonly TimelineItem[], kind: ChatKind, hidden: (message: string) => boolean): readonly TimelineItem[] {
  const told = items.filter((item) => isNews(item, kind) && !(item.type === 'message' && hidden(item.id)));
  if (told.length === items.length) return items;
  return told.filter((item, i) => item.type !== 'day' || (told[i + 1] !== undefined && told[i + 1]!.type !== 'day'));
}
