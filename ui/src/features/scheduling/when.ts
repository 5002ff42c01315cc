// Days and times for sending later. Pure; local time, milliseconds since 1970.

import { clock, dateOf } from '../../words';

export interface Preset {
  key: 'hour' | 'evening' | 'tomorrow' | 'monday';
  at: number;
}

/** Times people mean; those that are past or too near are left out. */
export function presets(now: number): Preset[] {
  const on = (days: number, hour: number) => {
    const date = new Date(now);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, hour).getTime();
  };
  const weekday = new Date(now).getDay();
  const list: Preset[] = [
    { key: 'hour', at: Math.floor((now + 3_600_000) / 60_000) * 60_000 },
    { key: 'evening', at: on(0, 19) },
    { key: 'tomorrow', at: on(1, 9) },
    { key: 'monday', at: on(((8 - weekday) % 7) || 7, 9) },
  ];
  return list.filter((preset, i) => preset.at > now + 600_000 && list.findIndex((one) => one.at === preset.at) === i);
}

/** `YYYY-MM-DD` and `HH:MM` of a time. */
export function partsOf(at: number): { date: string; time: string } {
  return { date: dateOf(at), time: clock(at) };
}

/** Undefined where it is no time: `9:5` and `930` are, `25:00` is not. */
export function timeOf(date: string, time: string): number | undefined {
  const match = /^\s*(\d{1,2})[:.\s]?(\d{1,2})?\s*$/.exec(time);
  if (!match) return undefined;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  const [year, month, day] = date.split('-').map(Number);
  if (hour > 23 || minute > 59 || !year || !month || !day) return undefined;
  return new Date(year, month - 1, day, hour, minute).getTime();
}
