// Times and days as people write them. Milliseconds since 1970 in, words out; the person's own time zone.

import { type Language, currentLanguage, t } from './words.svelte';

type Style = 'day' | 'dayYear' | 'full';

const OPTIONS: Record<Style, Intl.DateTimeFormatOptions> = {
  day: { day: 'numeric', month: 'long' },
  dayYear: { day: 'numeric', month: 'long', year: 'numeric' },
  full: { dateStyle: 'long', timeStyle: 'short' },
};
const LOCALES: Record<Language, string> = { en: 'en-GB', ru: 'ru-RU' };
const formats = new Map<string, Intl.DateTimeFormat>();
const DAY = 86_400_000;

function format(style: Style, at: Date | number): string {
  const locale = LOCALES[currentLanguage()];
  const key = `${locale} ${style}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, OPTIONS[style]);
    formats.set(key, found);
  }
  return found.format(at);
}

/** `14:02`, in both languages alike; by hand, because each row of a history asks for it twice. */
export function clock(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `today, 14:02`: for a time a person has chosen. */
export function dayAndTime(at: number, now: number): string {
  const days = daysBetween(new Date(now), new Date(at));
  const time = clock(at);
  if (days === 0) return t('time-today', { time });
  if (days === 1) return t('time-tomorrow', { time });
  const style = new Date(at).getFullYear() === new Date(now).getFullYear() ? 'day' : 'dayYear';
  return t('time-on', { day: format(style, at), time });
}

/** `YYYY-MM-DD` of a time, where the person is. */
export function dateOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The twelve months, each as it stands between a day and a year. */
export function monthNames(): string[] {
  const style = new Intl.DateTimeFormat(LOCALES[currentLanguage()], OPTIONS.day);
  const name = (month: number) => style.formatToParts(new Date(2000, month, 1)).find((part) => part.type === 'month')?.value ?? '';
  return Array.from({ length: 12 }, (_, month) => name(month));
}

/** For a tooltip: day and time in full. */
export function fullTime(at: number): string {
  return format('full', at);
}

/** For the chat list: the time today, the weekday in the last six days, else the date. By sentences: the engine's own dates take
 *  10 ms before the first one. */
export function shortTime(at: number, now: number): string {
  const days = daysBetween(new Date(at), new Date(now));
  if (days <= 0) return clock(at);
  const date = new Date(at);
  if (days < 7) return t(`weekday-${date.getDay()}`);
  return t('date-short', { day: two(date.getDate()), month: two(date.getMonth() + 1), year: two(date.getFullYear() % 100) });
}

/** For a divider: `date` is `YYYY-MM-DD`. */
export function dayName(date: string, now: number): string {
  const [year, month, day] = date.split('-').map(Number);
  if (!year || !month || !day) return date;
  const at = new Date(year, month - 1, day);
  const today = new Date(now);
  const days = daysBetween(at, today);
  if (days === 0) return t('day-today');
  if (days === 1) return t('day-yesterday');
  return format(year === today.getFullYear() ? 'day' : 'dayYear', at);
}

function daysBetween(from: Date, to: Date): number {
  // Through UTC noon: a day of 23 or 25 hours is still one day.
  const a = Date.UTC(from.getFullYear(), from.getMonth(), from.getDate());
  const b = Date.UTC(to.getFullYear(), to.getMonth(), to.getDate());
  return Math.round((b - a) / DAY);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
