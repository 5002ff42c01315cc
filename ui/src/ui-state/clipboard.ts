// Copying what a person asked to copy, and saying so.

import { copyText } from '../host';
import { toasts } from './toasts.svelte';

export function copyCode(text: string): void {
  copyText(text).then(
    () => toasts.done('copied-text'),
    (error: unknown) => toasts.error(error),
  );
}
