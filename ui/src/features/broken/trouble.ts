import type { Code } from '../../generated/Code';

/** Codes with a screen of their own; all others are told as `internal`. */
export const TROUBLES = [
  'profile_in_use',
  'wrong_key',
  'not_a_database',
  'newer_schema',
  'disk_full',
  'no_keyring',
  'keyring_locked',
  'internal',
] as const;

export function troubleOf(code: Code): (typeof TROUBLES)[number] {
  return TROUBLES.find((trouble) => trouble === code) ?? 'internal';
}
