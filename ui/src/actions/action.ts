// What an action of the app is.

import type { IconName } from '../components/icons';

/** In the order of the shortcut sheet. */
export const ACTION_GROUPS = ['go', 'window', 'chat', 'read', 'write'] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

export interface Action {
  id: string;
  group: ActionGroup;
  icon: IconName;
  /** Its sentence, in the language of the window. */
  title: () => string;
  /** As `chords` writes them; the first is the one that is shown. */
  keys: readonly string[];
  /** Whether there is anything to do now. */
  when: () => boolean;
  perform: () => void;
  /** Heard also while a dialog is open. */
  anyway?: true;
  /** Makes sense in a window that shows one chat alone, too. */
  apart?: true;
  /** Needs no open account. */
  outside?: true;
  /** Makes no sense in a list of things to choose from. */
  unlisted?: true;
}

/** Keys that only the place with the focus hears. */
export interface LocalKey {
  id: string;
  group: ActionGroup;
  title: () => string;
  keys: readonly string[];
}
