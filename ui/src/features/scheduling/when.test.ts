import { describe, expect, it } from 'vitest';

import { partsOf, presets, timeOf } from './when';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();

describe('times for sending later', () => {
  it('are those people mean', () => {
    // A Friday morning.
    expect(presets(at(20, 10, 17)).map(({ key, at: time }) => [key, time])).toEqual([
      ['hour', at(20, 11, 17)],
      ['evening', at(20, 19)],
      ['tomorrow', at(21, 9)],
      ['monday', at(23, 9)],
    ]);
  });

  it('are not past, and not the same one twice', () => {
    expect(presets(at(20, 22)).map(({ key }) => key)).toEqual(['hour', 'tomorrow', 'monday']);
    // A Sunday: tomorrow is Monday.
    expect(presets(at(22, 22)).map(({ key }) => key)).toEqual(['hour', 'tomorrow']);
    // A Monday: the next one.
    expect(presets(at(23, 8)).find(({ key }) => key === 'monday')?.at).toBe(at(30, 9));
  });

  it.each([
    ['9:05', 9, 5],
    ['09.30', 9, 30],
    ['0930', 9, 30],
    ['9', 9, 0],
    ['23:59', 23, 59],
  ])('%s is read', (text, hour, minute) => expect(timeOf('2026-11-22', text)).toBe(at(22, hour, minute)));
  it.each(['', '24:00', '9:60', 'soon', '1:2:3'])('"%s" is no time', (text) => expect(timeOf('2026-11-22', text)).toBeUndefined());

  it('come back as they were taken apart', () => {
    const { date, time } = partsOf(at(5, 7, 3));
    expect([date, time]).toEqual(['2026-11-05', '07:03']);
    expect(timeOf(date, time)).toBe(at(5, 7, 3));
  });
});
