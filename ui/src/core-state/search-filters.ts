// Filters in what is typed: `has:link`, `from:Anna`. The core reads them; here they are only put in and taken out.

/** Those that are on or off. */
export const SWITCHES = ['has:link', 'has:file', 'is:pinned'] as const;
/** Those that want a word after them. */
export const KEYS = ['from:', 'in:', 'after:', 'before:'] as const;

export function hasSwitch(query: string, token: string): boolean {
  return query.split(/\s+/).includes(token);
}

export function toggleSwitch(query: string, token: string): string {
  const words = query.trim().split(/\s+/).filter((word) => word !== '');
  if (!words.includes(token)) return [...words, token].join(' ') + ' ';
  return words.filter((word) => word !== token).join(' ');
}

/** Ready to type what is wanted: `… from:`. */
export function withKey(query: string, key: string): string {
  const rest = query.trimEnd();
  if (rest.endsWith(key)) return rest;
  return rest === '' ? key : `${rest} ${key}`;
}

/** A query of filters whose value is still to be typed asks for nothing yet. */
export function asksNothing(query: string): boolean {
  return query
    .trim()
    .split(/\s+/)
    .every((word) => word === '' || (KEYS as readonly string[]).includes(word));
}

/** The rest of the key of a filter's words: `has:link` is `search-has-link`. */
export function wordOf(filter: string): string {
  return filter === 'in:' ? 'in-key' : filter.replace(/:$/, '').replace(':', '-');
}
