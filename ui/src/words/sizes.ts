// Sizes of files as people write them, in powers of a thousand as file managers do. Bytes in, words out.

import { type Language, currentLanguage } from './words.svelte';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const formats = new Map<string, Intl.NumberFormat>();

/** `4.2 MB`. */
export function fileSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const number = bytes / 1000 ** power;
  // 999.7 kB is 1 MB as it is shown, and not 1000 kB.
  const carried = Math.round(number) >= 1000 && power < UNITS.length - 1;
  return carried ? format(1, power + 1) : format(number, power);
}

function format(number: number, power: number): string {
  const language: Language = currentLanguage();
  const digits = number < 100 && power > 0 ? 1 : 0;
  const key = `${language} ${power} ${digits}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(language, { style: 'unit', unit: UNITS[power]!, unitDisplay: 'short', maximumFractionDigits: digits });
    formats.set(key, found);
  }
  return found.format(number);
}
