import { expect, it } from 'vitest';

import type { InvitationRow } from '../../generated/InvitationRow';
import { limitsOf, sorted } from './limits';

it('a link is for so many and so long', () => {
  expect(limitsOf('one', 'hour', 1000)).toEqual({ uses: 1, expires_at: 3_601_000 });
  expect(limitsOf('ten', 'week', 0)).toEqual({ uses: 10, expires_at: 7 * 24 * 3_600_000 });
  expect(limitsOf('none', 'never', 1000)).toEqual({ uses: null, expires_at: null });
});

it('those that let in stand first', () => {
  const row = (id: string, standing: InvitationRow['standing']) => ({ id, standing }) as InvitationRow;
  const rows = [row('a', 'revoked'), row('b', 'open'), row('c', 'used_up'), row('d', 'open')];
  expect(sorted(rows).map((one) => one.id)).toEqual(['b', 'd', 'a', 'c']);
});
