// Every visible sentence, by key, in the language of the window.

export { LANGUAGES, type Language, isolate, t, useLanguage } from './words.svelte';
export { addressOf, hostOf, sameRelay } from './hosts';
export { titleOf } from './titles';
export { clock, dateOf, dayAndTime, dayName, fullTime, monthNames, shortTime } from './dates';
export { fileSize } from './sizes';
