// What can be done with the chat on screen.

import { chats } from '../core-state/chats.svelte';
import type { ChatRow } from '../generated/ChatRow';
import { MUTES, archiveChat, markRead, markUnread, mayBeApart, muteChat, mutedFor, pinChat } from '../ui-state/arranging';
import { chatApart } from '../host';
import { attention } from '../ui-state/attention.svelte';
import { dialogs } from '../ui-state/dialogs.svelte';
import { finding } from '../ui-state/finding.svelte';
import { isMuted } from '../ui-state/folders.svelte';
import { info } from '../ui-state/info.svelte';
import { places } from '../ui-state/places.svelte';
import { selection } from '../ui-state/selection.svelte';
import { dateOf, t } from '../words';
import type { Action } from './action';

type InChat = Pick<Action, 'id' | 'icon' | 'title'> & { keys?: readonly string[]; when?: (chat: ChatRow) => boolean; perform: (chat: ChatRow) => void };

function inChat({ keys = [], when = () => true, perform, ...rest }: InChat): Action {
  const shown = () => chats.get(selection.chat);
  return {
    ...rest,
    apart: true,
    group: 'chat',
    keys,
    when: () => {
      const chat = shown();
      return chat !== undefined && when(chat);
    },
    perform: () => {
      const chat = shown();
      if (chat) perform(chat);
    },
  };
}

const isUnread = (chat: ChatRow) => chat.unread > 0 || chat.marked_unread;
const inIt = (chat: ChatRow) => chat.status === 'active' && chat.leaving === 'no';
const heard = (chat: ChatRow) => !isMuted(chat, attention.now);

export const IN_CHAT: readonly Action[] = [
  inChat({ id: 'open-apart', icon: 'apart', title: () => t('apart-open'), keys: ['Ctrl+Shift+O'], when: (chat) => mayBeApart(chat) && !chatApart(), perform: ({ id }) => void selection.openApart(id) }),
  inChat({ id: 'find', icon: 'search', title: () => t('search-in-chat'), keys: ['Ctrl+F'], perform: ({ id }) => finding.begin(id) }),
  inChat({ id: 'info', icon: 'people', title: () => t('info-open'), keys: ['Ctrl+Shift+D'], perform: ({ id }) => info.toggle(id) }),
  inChat({ id: 'pinned', icon: 'pin', title: () => t('pinned-all'), perform: ({ id }) => info.show(id, 'pinned') }),
  inChat({ id: 'newest', icon: 'down', title: () => t('jump-down'), perform: ({ id }) => places.end(id) }),
  inChat({ id: 'next-mention', icon: 'at', title: () => t('jump-mention'), when: (chat) => chat.mentions > 0, perform: ({ id }) => void places.mention(id) }),
  inChat({ id: 'date', icon: 'calendar', title: () => t('day-jump'), perform: ({ id }) => dialogs.show({ kind: 'date', chat: id, date: dateOf(Date.now()) }) }),
  inChat({ id: 'poll', icon: 'poll', title: () => t('poll-new'), when: (chat) => chat.may_write, perform: ({ id }) => dialogs.show({ kind: 'poll', chat: id, replyTo: null }) }),
  inChat({ id: 'scheduled', icon: 'clock', title: () => t('scheduled-title'), when: (chat) => chat.may_write, perform: ({ id }) => dialogs.show({ kind: 'scheduled', chat: id }) }),
  inChat({ id: 'invite', icon: 'personAdd', title: () => t('invite'), when: (chat) => chat.may_invite, perform: ({ id }) => dialogs.show({ kind: 'invite', chat: id }) }),
  inChat({ id: 'read', icon: 'checks', title: () => t('mark-read'), when: isUnread, perform: ({ id }) => void markRead(id) }),
  inChat({ id: 'unread', icon: 'dot', title: () => t('mark-unread'), when: (chat) => !isUnread(chat), perform: ({ id }) => void markUnread(id) }),
  inChat({ id: 'pin', icon: 'pin', title: () => t('arrange-pin'), when: (chat) => chat.pinned === 0, perform: ({ id }) => void pinChat(id, true) }),
  inChat({ id: 'unpin', icon: 'pin', title: () => t('arrange-unpin'), when: (chat) => chat.pinned > 0, perform: ({ id }) => void pinChat(id, false) }),
  ...MUTES.map((how) => inChat({ id: `mute-${how}`, icon: 'bellOff', title: () => t(`mute-${how}`), when: heard, perform: ({ id }) => void muteChat(id, mutedFor(how)) })),
  inChat({ id: 'unmute', icon: 'bell', title: () => t('arrange-unmute'), when: (chat) => !heard(chat), perform: ({ id }) => void muteChat(id, 0) }),
  inChat({ id: 'notices', icon: 'bell', title: () => t('chat-notices'), when: inIt, perform: ({ id }) => dialogs.show({ kind: 'chat-notices', chat: id }) }),
  inChat({ id: 'put-away', icon: 'archive', title: () => t('arrange-archive'), when: (chat) => !chat.archived, perform: ({ id }) => void archiveChat(id, true) }),
  inChat({ id: 'take-back', icon: 'archive', title: () => t('arrange-unarchive'), when: (chat) => chat.archived, perform: ({ id }) => void archiveChat(id, false) }),
  inChat({ id: 'leave', icon: 'back', title: () => t('leave'), when: inIt, perform: ({ id }) => dialogs.show({ kind: 'leave', chat: id }) }),
];
