// What can be chosen for a link, and what is said of one. Pure.

import type { InvitationRow } from '../../generated/InvitationRow';

/** How many devices a link lets in; `none`: any number. */
export const USES = { one: 1, ten: 10, none: null } as const;
export type Uses = keyof typeof USES;

const HOUR = 3_600_000;
/** How long a link works, in milliseconds. */
export const LASTS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, never: null } as const;
export type Lasts = keyof typeof LASTS;

export function limitsOf(uses: Uses, lasts: Lasts, now: number): { uses: number | null; expires_at: number | null } {
  const length = LASTS[lasts];
  return { uses: USES[uses], expires_at: length === null ? null : now + length };
}

/** Those that let in, then the others; each newest first, as they come. */
export function sorted(rows: readonly InvitationRow[]): InvitationRow[] {
  return [...rows.filter((row) => row.standing === 'open'), ...rows.filter((row) => row.standing !== 'open')];
}
