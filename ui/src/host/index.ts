// The one door between the screens and the desktop shell. It knows the shell and nothing of the app:
// no state, no retries, no pretending when the shell is absent.

import { Channel, invoke } from '@tauri-apps/api/core';
import { writeText } from '@tauri-apps/plugin-clipboard-manager';
import { openUrl } from '@tauri-apps/plugin-opener';

import type { Api } from '../generated/Api';
import type { ApiError } from '../generated/ApiError';
import type { Event } from '../generated/Event';

/** Runs one command of the contract. Rejects with an `ApiError`, never with anything else. */
export async function call<K extends keyof Api>(name: K, args: Api[K]['arguments']): Promise<Api[K]['result']> {
  try {
    return await invoke<Api[K]['result']>('call', { name, arguments: args });
  } catch (error) {
    throw toApiError(error);
  }
}

/** Batches of events, in order, for as long as the window lives. */
export async function subscribe(onEvents: (events: Event[]) => void): Promise<void> {
  const channel = new Channel<Event[]>(onEvents);
  try {
    await invoke('subscribe', { channel });
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
