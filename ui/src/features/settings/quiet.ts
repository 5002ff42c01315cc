// The hours in which one does not want to be disturbed, as minutes after midnight. Pure.

import type { NoticeSettings } from '../../generated/NoticeSettings';

type Hours = Pick<NoticeSettings, 'quiet_from' | 'quiet_to'>;

const A_DAY = 24 * 60;
/** The times to choose from are so far apart. */
const STEP = 30;
/** What one begins with. */
const NIGHT: Hours = { quiet_from: 22 * 60, quiet_to: 8 * 60 };

export function hasHours(settings: Hours): boolean {
  return settings.quiet_from !== settings.quiet_to;
}

export function hoursWith(on: boolean): Hours {
  return on ? NIGHT : { quiet_from: 0, quiet_to: 0 };
}

export function clockOf(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** The times of a day, with `also` among them. */
export function times(also: number): { value: string; label: string }[] {
  const all = Array.from({ length: A_DAY / STEP }, (_, index) => index * STEP);
  if (!all.includes(also)) all.push(also);
  return all.toSorted((a, b) => a - b).map((minute) => ({ value: String(minute), label: clockOf(minute) }));
}
