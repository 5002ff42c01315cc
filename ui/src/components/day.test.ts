import { describe, expect, it } from 'vitest';

import { dateOfParts, isDay, partsOf } from './day';

describe('a day in its parts', () => {
  it('is made of them and falls into them again', () => {
    expect(dateOfParts({ day: '3', month: '09', year: '1990' })).toBe('1990-09-03');
    expect(partsOf('1990-09-03')).toEqual({ day: '3', month: '09', year: '1990' });
    expect(dateOfParts({ day: '', month: '', year: '' })).toBe('');
    expect(partsOf('')).toEqual({ day: '', month: '', year: '' });
  });
  it.each([
    { day: '0', month: '04', year: '1991' },
    { day: '31', month: '02', year: '1991' },
    { day: '5', month: '', year: '' },
    { day: '', month: '04', year: '19' },
  ])('keeps what is typed until it is one: %j', (parts) => {
    expect(isDay(dateOfParts(parts))).toBe(false);
    expect(partsOf(dateOfParts(parts))).toEqual(parts);
  });
  it('is one of the calendar', () => {
    expect(['2024-02-29', '1900-12-31'].every(isDay)).toBe(true);
    expect(['2023-02-29', '1900-02-29', '1990-13-01', '1990-00-10', '0090-01-01', '90-1-1', ''].some(isDay)).toBe(false);
  });
});
