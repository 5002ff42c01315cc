// What a person does with a chat's place in their own list. Nobody else learns of it.

import type { SpotEntry } from '../../components/SpotMenu.svelte';
import type { ChatRow } from '../../generated/ChatRow';
import { call } from '../../host';
import { FOREVER, isMuted } from '../../ui-state/folders.svelte';
import { toasts } from '../../ui-state/toasts.svelte';
import { t } from '../../words';

const HOUR = 3_600_000;
/** When tomorrow begins to be heard. */
const MORNING = 8;

export function tomorrow(now: number): number {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1, MORNING).getTime();
}

async function attempt(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    toasts.error(error);
  }
}

/** `pinned`: all rows that are, the first of the list first. */
export function entriesOf(row: ChatRow, pinned: readonly ChatRow[], now: number): SpotEntry[] {
  const chat = row.id;
  const at = pinned.findIndex((one) => one.id === chat);
  const mute = (until: number) => () => void attempt(call('mute_chat', { chat, until }));
  const move = (up: boolean) => () => void attempt(call('move_pinned', { chat, up }));
  const list: SpotEntry[] = [
    at < 0
      ? { icon: 'pin', label: t('arrange-pin'), testid: 'pin-chat', apart: true, act: () => void attempt(call('pin_chat', { chat, on: true })) }
      : { icon: 'pin', label: t('arrange-unpin'), testid: 'unpin-chat', apart: true, act: () => void attempt(call('pin_chat', { chat, on: false })) },
  ];
  if (at > 0) list.push({ icon: 'smallUp', label: t('arrange-up'), testid: 'move-up', act: move(true) });
  if (at >= 0 && at < pinned.length - 1) list.push({ icon: 'down', label: t('arrange-down'), testid: 'move-down', act: move(false) });
  list.push(
    row.archived
      ? { icon: 'archive', label: t('arrange-unarchive'), testid: 'unarchive-chat', act: () => void attempt(call('archive_chat', { chat, on: false })) }
      : { icon: 'archive', label: t('arrange-archive'), testid: 'archive-chat', act: () => void attempt(call('archive_chat', { chat, on: true })) },
  );
  if (isMuted(row, now)) {
    list.push({ icon: 'bell', label: t('arrange-unmute'), testid: 'unmute-chat', apart: true, act: mute(0) });
  } else {
    list.push(
      { icon: 'bellOff', label: t('mute-hour'), testid: 'mute-hour', apart: true, act: () => mute(Date.now() + HOUR)() },
      { icon: 'bellOff', label: t('mute-tomorrow'), testid: 'mute-tomorrow', act: () => mute(tomorrow(Date.now()))() },
      { icon: 'bellOff', label: t('mute-forever'), testid: 'mute-forever', act: mute(FOREVER) },
    );
  }
  return list;
}
