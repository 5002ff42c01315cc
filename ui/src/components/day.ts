// A day in its parts, as a person types them: `YYYY-MM-DD` where they make a day, and else what there is of them, so that
// nothing typed is lost on the way.

export interface DayParts {
  day: string;
  /** `01` to `12`. */
  month: string;
  year: string;
}

export function partsOf(date: string): DayParts {
  const [year = '', month = '', day = ''] = date.split('-');
  return { day: isDay(date) ? String(Number(day)) : day, month, year };
}

/** Empty where every part is. */
export function dateOfParts({ day, month, year }: DayParts): string {
  if (`${day}${month}${year}` === '') return '';
  const whole = `${year}-${month}-${day.padStart(2, '0')}`;
  return isDay(whole) ? whole : `${year}-${month}-${day}`;
}

/** Whether there is such a day. */
export function isDay(date: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  if (year === undefined) return false;
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).toISOString().startsWith(date);
}
