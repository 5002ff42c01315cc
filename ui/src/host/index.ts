// The one door between the screens and the desktop shell. It knows the shell and nothing of the app:
// no retries, no pretending when the shell is absent, and no state but which account is on screen.

import { Channel, invoke } from '@tauri-apps/api/core';
import { writeText } from '@tauri-apps/plugin-clipboard-manager';
import { openUrl } from '@tauri-apps/plugin-opener';

import type { AccountId } from '../generated/AccountId';
import type { Api } from '../generated/Api';
import type { ApiError } from '../generated/ApiError';
import type { Batch } from '../generated/Batch';
import type { OpenAt } from '../generated/OpenAt';
import type { SystemSettings } from '../generated/SystemSettings';
import type { WindowApi } from '../generated/WindowApi';

/** Runs one command of an account. Rejects with an `ApiError`, never with anything else. */
export type Call = <K extends keyof Api>(name: K, args: Api[K]['arguments']) => Promise<Api[K]['result']>;

/** The account on screen; another object each time one comes there. */
let shown: { account: AccountId } = { account: '' };

/** From now on `call` is for this account. What was asked before reaches nobody. */
export function callFor(account: AccountId): void {
  shown = { account };
}

/**
 * Asks the account on screen. An answer that comes when another one is there is dropped, and the promise stays open: the
 * screen that asked is gone, and must not go on in the other account.
 */
export const call: Call = async (name, args) => {
  const asked = shown;
  const answer = callAs(asked.account)(name, args);
  await answer.catch(() => undefined);
  return asked === shown ? answer : new Promise<never>(() => {});
};

/** Asks one account, and always answers: for what outlives a screen. */
export function callAs(account: AccountId): Call {
  return (name, args) => run(account, name, args);
}

/** Runs one command of the window itself. Rejects as `call` does. */
export function callWindow<K extends keyof WindowApi>(name: K, args: WindowApi[K]['arguments']): Promise<WindowApi[K]['result']> {
  return run(null, name, args);
}

function run<T>(account: AccountId | null, name: string, args: unknown): Promise<T> {
  return ask('call', { account, name, arguments: args });
}

/** One command of the shell. */
async function ask<T>(command: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (error) {
    throw toApiError(error);
  }
}

/** Batches of events of all accounts, in order, for as long as the window lives. */
export async function subscribe(onBatch: (batch: Batch) => void): Promise<void> {
  await ask('subscribe', { channel: new Channel<Batch>(onBatch) });
}

/** The chat of this window, where it shows one alone. */
export interface Apart {
  account: AccountId;
  chat: string;
}

/** Undefined in the main window. The address says it, so that a page that was loaded anew knows it too. */
export function chatApart(): Apart | undefined {
  const asked = new URLSearchParams(location.search);
  const [account, chat] = [asked.get('account'), asked.get('chat')];
  return account !== null && chat !== null ? { account, chat } : undefined;
}

/** The chat of this window has got another id. Rejects with an `ApiError`, as the three that follow. */
export async function chatMoved(chat: string): Promise<void> {
  const address = new URL(location.href);
  address.searchParams.set('chat', chat);
  history.replaceState(null, '', address);
  await ask('chat_moved', { chat });
}

/** Opens a chat in a window of its own, or brings the one to the front that is there. */
export function openChatWindow(account: AccountId, chat: string): Promise<void> {
  return ask('open_chat_window', { account, chat });
}

/** Takes the person to a chat in the window that shows it, or in the main one. */
export function showChat(account: AccountId, at: OpenAt): Promise<void> {
  return ask('show_chat', { account, at });
}

/** Closes this window, which shows a chat alone. */
export function closeChatWindow(): Promise<void> {
  return ask('close_chat_window', {});
}

/** `beseda:` links from outside, from now on, and the one that came before. */
export function followLinks(onLink: (link: string) => void): Promise<void> {
  return ask('follow_links', { channel: new Channel<string>(onLink) });
}

/** What the window has to do with the session. Rejects with an `ApiError`, as the two that follow. */
export function systemSettings(): Promise<SystemSettings> {
  return ask('system_settings', {});
}

export function setAutostart(on: boolean): Promise<SystemSettings> {
  return ask('set_autostart', { on });
}

/** Keys as `Control+Alt+KeyB`; null: none. */
export function setShortcut(keys: string | null): Promise<SystemSettings> {
  return ask('set_shortcut', { keys });
}

/** The page begins anew: nothing that it held is in it any more. */
export function reloadPage(): void {
  location.reload();
}

/** Shows the page larger or smaller, from this load on until it ends; 1: as it was made. */
export async function zoomPage(factor: number): Promise<void> {
  try {
    // Most people never zoom: not with the first screen.
    const { getCurrentWebview } = await import('@tauri-apps/api/webview');
    await getCurrentWebview().setZoom(factor);
  } catch (error) {
    throw toApiError(error);
  }
}

export async function copyText(text: string): Promise<void> {
  try {
    await writeText(text);
  } catch (error) {
    throw toApiError(error);
  }
}

/** Opens a link in the person's browser or mail program; the caller has checked its scheme. */
export async function openLink(url: string): Promise<void> {
  try {
    await openUrl(url);
  } catch (error) {
    throw toApiError(error);
  }
}

export function toApiError(error: unknown): ApiError {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    return error as ApiError;
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
