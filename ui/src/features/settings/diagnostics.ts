// What somebody who helps needs to know of this app: figures and settings, in the words of programs. Pure.
//
// Deliberately absent, since it is pasted into public places: what was said, names, addresses, links and ids.

import type { CheckRow } from '../../generated/CheckRow';
import type { Storage } from '../../generated/Storage';
import type { SyncStatus } from '../../generated/SyncStatus';

export interface Known {
  version: string;
  /** Of the webview. */
  agent: string;
  language: string;
  /** Names and choices of how the window looks. */
  looks: Record<string, string | number>;
  key: string;
  accounts: number;
  status: SyncStatus;
  /** Milliseconds since 1970. */
  now: number;
  /** Entries that were set aside in all chats. */
  aside: number;
  storage: Storage | undefined;
  checks: readonly CheckRow[];
}

export function diagnostics(known: Known): string {
  const { status, storage } = known;
  const lines: [string, string | number][] = [
    ['version', known.version],
    ['webview', known.agent],
    ['language', known.language],
    ...Object.entries(known.looks),
    ['key', known.key],
    ['accounts', known.accounts],
    ['relay', status.relay === '' ? 'none' : status.relay.startsWith('https:') ? 'https' : 'http'],
    ['state', status.removed ? 'removed' : status.state],
    ['error', status.error?.code ?? 'none'],
    ['waiting', status.waiting],
    ['last in touch', status.last_sync === null ? 'never' : `${Math.max(0, Math.round((known.now - status.last_sync) / 60_000))} min ago`],
    ['refilling', status.refilling ? `${status.refilling.done} of ${status.refilling.all}` : 'no'],
    ['set aside', known.aside],
  ];
  if (storage) {
    lines.push(['chats', storage.chats], ['messages', storage.messages], ['changes', storage.changes]);
    lines.push(['file', storage.file], ['log', storage.log], ['clearable', storage.clearable]);
    for (const { part, bytes } of storage.parts) lines.push([`part ${part}`, bytes]);
  }
  for (const { check, findings, more } of known.checks) lines.push([`check ${check}`, findings.length === 0 ? 'fine' : `${findings.length + more} findings`]);
  return lines.map(([name, value]) => `${name}: ${value}`).join('\n');
}
