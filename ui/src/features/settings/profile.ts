// What the profile form knows of its fields, and what it sends.

import type { Api } from '../../generated/Api';
import type { OwnProfile } from '../../generated/OwnProfile';
import type { ProfileField } from '../../generated/ProfileField';
import type { ShownTo } from '../../generated/ShownTo';

export type TextName = 'first_name' | 'last_name' | 'username' | 'email' | 'mobile' | 'birth_date' | 'description';

export const TEXTS: { name: TextName; type: 'text' | 'email' | 'tel' | 'date'; limit: number; rows?: number }[] = [
  { name: 'first_name', type: 'text', limit: 128 },
  { name: 'last_name', type: 'text', limit: 128 },
  { name: 'username', type: 'text', limit: 32 },
  { name: 'email', type: 'email', limit: 254 },
  { name: 'mobile', type: 'tel', limit: 32 },
  { name: 'birth_date', type: 'date', limit: 10 },
  { name: 'description', type: 'text', limit: 2048, rows: 3 },
];

export const VISIBILITIES: ShownTo[] = ['nobody', 'contacts', 'everyone'];

/** What is different from the profile; undefined: nothing. */
export function changes(
  profile: OwnProfile,
  values: Record<TextName, string>,
  shown: Partial<Record<ProfileField, ShownTo>>,
): Api['set_profile']['arguments'] | undefined {
  const text = (name: TextName) => (values[name].trim() === profile[name] ? null : values[name].trim());
  const change = {
    first_name: text('first_name'),
    last_name: text('last_name'),
    username: text('username'),
    email: text('email'),
    mobile: text('mobile'),
    birth_date: text('birth_date'),
    description: text('description'),
    picture: null,
    shown: profile.shown.flatMap(({ field, shown: was }) => {
      const now = shown[field];
      return now === undefined || now === was ? [] : [{ field, shown: now }];
    }),
  };
  return TEXTS.some(({ name }) => change[name] !== null) || change.shown.length > 0 ? change : undefined;
}
