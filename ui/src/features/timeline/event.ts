// What happened to a chat, as a sentence. Pure but for the language.

import type { ChatEvent } from '../../generated/ChatEvent';
import { isolate, t } from '../../words';

export function eventText(event: ChatEvent): string {
  const by = isolate(event.by || t('someone'));
  switch (event.what) {
    case 'history':
      return t(event.open ? 'event-history-open' : 'event-history-closed', { by });
    case 'info':
      return event.title === '' ? t('event-info-untitled', { by }) : t('event-info', { by, title: isolate(event.title) });
    case 'created':
    case 'left':
    case 'rights':
      return t(`event-${event.what}`, { by });
    default:
      return t(`event-${event.what}`, { by, who: isolate(event.who || t('someone')) });
  }
}
