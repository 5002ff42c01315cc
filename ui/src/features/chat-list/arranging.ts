// What the menu of a row offers for its place in the list.

import type { SpotEntry } from '../../components/SpotMenu.svelte';
import type { ChatRow } from '../../generated/ChatRow';
import { MUTES, archiveChat, movePinned, muteChat, mutedFor, pinChat } from '../../ui-state/arranging';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { isMuted } from '../../ui-state/folders.svelte';
import { t } from '../../words';

/** `pinned`: all rows that are, the first of the list first. */
export function entriesOf(row: ChatRow, pinned: readonly ChatRow[], now: number): SpotEntry[] {
  const chat = row.id;
  const at = pinned.findIndex((one) => one.id === chat);
  const move = (up: boolean) => () => void movePinned(chat, up);
  const list: SpotEntry[] = [
    at < 0
      ? { icon: 'pin', label: t('arrange-pin'), testid: 'pin-chat', apart: true, act: () => void pinChat(chat, true) }
      : { icon: 'pin', label: t('arrange-unpin'), testid: 'unpin-chat', apart: true, act: () => void pinChat(chat, false) },
  ];
  if (at > 0) list.push({ icon: 'smallUp', label: t('arrange-up'), testid: 'move-up', act: move(true) });
  if (at >= 0 && at < pinned.length - 1) list.push({ icon: 'down', label: t('arrange-down'), testid: 'move-down', act: move(false) });
  list.push(
    row.archived
      ? { icon: 'archive', label: t('arrange-unarchive'), testid: 'unarchive-chat', act: () => void archiveChat(chat, false) }
      : { icon: 'archive', label: t('arrange-archive'), testid: 'archive-chat', act: () => void archiveChat(chat, true) },
  );
  if (isMuted(row, now)) {
    list.push({ icon: 'bell', label: t('arrange-unmute'), testid: 'unmute-chat', apart: true, act: () => void muteChat(chat, 0) });
  } else {
    for (const how of MUTES) list.push({ icon: 'bellOff', label: t(`mute-${how}`), testid: `mute-${how}`, apart: how === 'hour', act: () => void muteChat(chat, mutedFor(how)) });
  }
  list.push({ icon: 'bell', label: t('chat-notices'), testid: 'chat-notices', act: () => dialogs.show({ kind: 'chat-notices', chat }) });
  return list;
}
