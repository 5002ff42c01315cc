// What can be done with a message, in the order of its menu. Pure.

import type { IconName } from '../../components/icons';
import type { ChatRow } from '../../generated/ChatRow';
import type { MessageItem } from '../../generated/MessageItem';

export type Action =
  | 'reply'
  | 'edit'
  | 'forward'
  | 'copy'
  | 'link'
  | 'pin'
  | 'unpin'
  | 'save'
  | 'unsave'
  | 'select'
  | 'readers'
  | 'people'
  | 'versions'
  | 'delete-me'
  | 'delete-everyone';

export const ICON_OF: Record<Action, IconName> = {
  reply: 'reply',
  edit: 'pencil',
  forward: 'forward',
  copy: 'copy',
  link: 'link',
  pin: 'pin',
  unpin: 'pin',
  save: 'bookmark',
  unsave: 'bookmark',
  select: 'select',
  readers: 'eye',
  people: 'smile',
  versions: 'history',
  'delete-me': 'trash',
  'delete-everyone': 'trash',
};

/** Groups of actions; a line stands between them. */
export function actionsOf(message: MessageItem, chat: Pick<ChatRow, 'kind' | 'status' | 'may_answer'>): Action[][] {
  if (message.deleted) return [['delete-me']];
  // Until it has gone out nobody else knows a message that one could answer or point to.
  const out = message.state?.state !== 'failed' && message.state?.state !== 'queued';
  const groups: (Action | false)[][] = [
    [chat.status === 'active' && chat.may_answer && 'reply', message.may_edit && 'edit', 'forward'],
    ['copy', out && 'link'],
    [message.may_pin && (message.pinned ? 'unpin' : 'pin'), message.saved ? 'unsave' : 'save', 'select'],
    [
      (chat.kind === 'blog' || (message.mine && chat.kind === 'group')) && out && 'readers',
      message.reactions.length > 0 && 'people',
      message.edited && 'versions',
    ],
    ['delete-me', message.may_delete && 'delete-everyone'],
  ];
  return groups.map((group) => group.filter((action) => action !== false)).filter((group) => group.length > 0);
}

/** Whether one can react: not to what is gone, failed or in a chat one is not in. */
export function mayReact(message: MessageItem, chat: Pick<ChatRow, 'status'>): boolean {
  return chat.status === 'active' && !message.deleted && message.state?.state !== 'failed';
}
