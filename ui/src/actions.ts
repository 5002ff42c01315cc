// Every action of the app, once: its sentence, its keys, when there is anything to do, and how it is done. The keys of the
// window, the palette and the sheet of shortcuts are all made from it. Files: going, in-chat, of-window; local has the keys
// that only a field or a list hears.

import type { Action } from './actions/action';
import { presses, spokenKeys } from './actions/chords';
import { GOING } from './actions/going';
import { IN_CHAT } from './actions/in-chat';
import { OF_WINDOW } from './actions/of-window';
import { session } from './core-state/session.svelte';
import { chatApart } from './host';

export const ACTIONS: readonly Action[] = [...GOING, ...OF_WINDOW, ...IN_CHAT];

/** Whether it can be performed now, but for what may lie over the chats. */
export function offered(action: Action): boolean {
  if (chatApart() && action.apart !== true) return false;
  return (action.outside === true || session.start?.state === 'ready') && action.when();
}

type Pressed = Parameters<typeof presses>[0] & Pick<KeyboardEvent, 'defaultPrevented' | 'isComposing'>;

/** What the keys ask for, whether or not there is anything to do. `covered`: something lies over the chats. */
export function actionFor(event: Pressed, covered: boolean): Action | undefined {
  return ACTIONS.find((action) => {
    if (action.anyway !== true && (covered || event.defaultPrevented || event.isComposing)) return false;
    return action.keys.some((keys) => presses(event, keys));
  });
}

function keysOf(id: string): readonly string[] {
  return ACTIONS.find((action) => action.id === id)?.keys ?? [];
}

/** For `aria-keyshortcuts` of a button that does the same. */
export function ariaKeys(...ids: string[]): string | undefined {
  return spokenKeys(ids.flatMap((id) => keysOf(id).slice(0, 1)));
}

/** The first of its keys, as a person reads them. */
export function shownKeys(id: string): string {
  return keysOf(id)[0] ?? '';
}
