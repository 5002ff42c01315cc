// Looks sentences up in the .ftl files. The same files serve Rust; nothing here decides what is said where.

import { FluentBundle, type FluentVariable } from '@fluent/bundle';

import en from './en.ftl';
import ru from './ru.ftl';

export const LANGUAGES = ['en', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

const sources = { en, ru };
const bundles = new Map<Language, FluentBundle>();
let language = $state<Language>('en');

export function useLanguage(next: Language): void {
  language = next;
}

export function currentLanguage(): Language {
  return language;
}

/** The sentence of `key`; a key without one shows itself, so that a gap is seen and reported. */
export function t(key: string, args?: Record<string, FluentVariable>): string {
  const bundle = bundleOf(language);
  const pattern = bundle.getMessage(key)?.value;
  if (!pattern) return key;
  return bundle.formatPattern(pattern, args ?? null, []);
}

// Made from numbers: the characters themselves would be invisible here.
const ISOLATE = String.fromCodePoint(0x2068);
const END = String.fromCodePoint(0x2069);

/** Wraps a name that may run the other way than the sentence around it. */
export function isolate(name: string): string {
  return ISOLATE + name + END;
}

function bundleOf(wanted: Language): FluentBundle {
  let bundle = bundles.get(wanted);
  if (!bundle) {
    // Isolation of every argument would put marks into numbers and attributes: names get it by `isolate`.
    bundle = new FluentBundle(wanted, { useIsolating: false });
    bundle.addResource({ body: Object.entries(sources[wanted]()).map(([id, value]) => ({ id, value, attributes: {} })) });
    bundles.set(wanted, bundle);
  }
  return bundle;
}
