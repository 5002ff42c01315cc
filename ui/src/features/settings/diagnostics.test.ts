import { expect, it } from 'vitest';

import { syncStatus } from '../../test-host';
import { type Known, diagnostics } from './diagnostics';

const known: Known = {
  version: '1.2.3',
  agent: 'WebKit',
  language: 'ru',
  looks: { theme: 'dark', zoom: 125 },
  key: 'file',
  accounts: 2,
  status: syncStatus({
    state: 'offline',
    waiting: 3,
    last_sync: 1_000_000,
    relay: 'https://relay.example.org/anna',
    error: { code: 'relay_away', message: 'https://relay.example.org/anna does not answer' },
    proposed: { relay: 'https://other.example.org', by: 'Boris' },
  }),
  now: 1_600_000,
  aside: 1,
  storage: { parts: [{ part: 'messages', bytes: 10 }], file: 20, log: 5, clearable: 5, chats: 1, messages: 4, changes: 6 },
  checks: [
    { check: 'pages', looked_at: 3, findings: [], more: 0 },
    { check: 'index', looked_at: 3, findings: [{ chat: 'c1d2', what: 'messages of Trip are missing' }], more: 2 },
  ],
};

it('what is copied for a report says how things stand', () => {
  const lines = diagnostics(known).split('\n');
  for (const line of ['version: 1.2.3', 'zoom: 125', 'relay: https', 'state: offline', 'error: relay_away', 'waiting: 3', 'last in touch: 10 min ago', 'messages: 4', 'part messages: 10', 'check pages: fine', 'check index: 3 findings'])
    expect(lines).toContain(line);
});

it('and names nobody, no place and nothing that was said', () => {
  const text = diagnostics(known);
  for (const secret of ['example.org', 'anna', 'Boris', 'Trip', 'c1d2']) expect(text).not.toContain(secret);
});
