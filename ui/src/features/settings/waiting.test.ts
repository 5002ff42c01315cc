import { describe, expect, it } from 'vitest';

import { chatRow, message, syncStatus } from '../../test-host';
import { waitsOf, whyWaiting } from './waiting';

const offline = { state: 'offline', waiting: 2 } as const;

describe('what waits', () => {
  it.each([
    [syncStatus(), undefined],
    [syncStatus({ state: 'offline', waiting: 0 }), undefined],
    [syncStatus(offline), 'offline'],
    [syncStatus({ ...offline, error: { code: 'relay_away', message: '' } }), 'offline'],
    [syncStatus({ ...offline, error: { code: 'invite_required', message: '' } }), 'invitation'],
    [syncStatus({ ...offline, removed: true }), 'removed'],
    [syncStatus({ ...offline, relay: '' }), 'alone'],
    [syncStatus({ state: 'behind', waiting: 1 }), 'behind'],
    [syncStatus({ waiting: 1 }), 'up_to_date'],
    [syncStatus({ waiting: 1, error: { code: 'relay_lost', message: '' } }), 'trouble'],
  ])('has a reason: %#', (status, why) => expect(whyWaiting(status)).toBe(why));

  it('is told chat by chat, once each', () => {
    const last = { ...message('1'), mine: true, state: { state: 'queued' } } as never;
    const rows = [
      chatRow({ id: 'well' }),
      chatRow({ id: 'sends', last, quarantined: 1 }),
      chatRow({ id: 'asks', status: 'asking' }),
      chatRow({ id: 'refused', status: 'asking', refused: 'expired' }),
      chatRow({ id: 'leaves', leaving: 'said', last }),
      chatRow({ id: 'odd', quarantined: 2 }),
    ];
    expect(waitsOf(rows).map(({ chat, why }) => [chat.id, why])).toEqual([
      ['sends', 'sending'],
      ['asks', 'asking'],
      ['leaves', 'leaving'],
      ['odd', 'aside'],
    ]);
  });
});
