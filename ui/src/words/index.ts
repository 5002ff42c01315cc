// Every visible sentence, by key, in the language of the window.

export { LANGUAGES, type Language, isolate, t, useLanguage } from './words.svelte';
export { titleOf } from './titles';
export { clock, dateOf, dayAndTime, dayName, fullTime, shortTime } from './dates';
