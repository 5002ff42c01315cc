// Which dialog is open. One at a time in the whole window, and none on the way to another account.

import type { AccountId } from '../generated/AccountId';
import type { Mention } from '../generated/Mention';

export type InfoTab = 'members' | 'rights' | 'links' | 'media' | 'files' | 'pinned' | 'mine';

export type SettingsPage = 'profile' | 'devices' | 'privacy' | 'notifications' | 'recovery' | 'appearance' | 'language' | 'system' | 'network' | 'storage' | 'advanced' | 'about';

/** Of messages that a file carries. */
export type Way = 'out' | 'in';

export type Open =
  | { kind: 'palette' }
  | { kind: 'shortcuts' }
  | { kind: 'create-chat' }
  | { kind: 'join'; link: string }
  | { kind: 'invite'; chat: string }
  | { kind: 'add-member'; chat: string }
  | { kind: 'info'; chat: string; tab: InfoTab }
  | { kind: 'leave'; chat: string }
  | { kind: 'chat-notices'; chat: string }
  | { kind: 'person'; user: string; chat: string | null }
  | { kind: 'verify'; user: string; chat: string | null }
  | { kind: 'open-link'; url: string }
  | { kind: 'contacts' }
  | { kind: 'saved' }
  | { kind: 'settings'; page?: SettingsPage; carry?: Way }
  | { kind: 'relay' }
  | { kind: 'remove-account'; account: AccountId }
  | { kind: 'recovery-words' }
  | { kind: 'date'; chat: string; date: string }
  | { kind: 'forward'; messages: readonly string[] }
  | { kind: 'readers'; message: string }
  | { kind: 'reactions'; message: string; emoji: string }
  | { kind: 'versions'; message: string }
  | { kind: 'poll'; chat: string; replyTo: string | null }
  | { kind: 'schedule'; chat: string; text: string; mentions: readonly Mention[]; replyTo: string | null; done: () => void }
  | { kind: 'scheduled'; chat: string };

class Dialogs {
  open = $state.raw<Open | undefined>();

  show(open: Open): void {
    this.open = open;
  }

  close(): void {
    this.open = undefined;
  }
}

export const dialogs = new Dialogs();
