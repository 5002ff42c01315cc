// Keys that work everywhere in the app.

export type Shortcut = 'create' | 'join' | 'next' | 'previous' | 'close' | 'find' | 'find-all' | 'next-folder' | 'previous-folder' | 'lock';

/** Control and a digit: the place of an account in the switcher, from 0. */
export function accountKey(event: KeyboardEvent, dialogOpen: boolean): number | undefined {
  if (event.defaultPrevented || event.isComposing || dialogOpen) return undefined;
  const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  return control && digit !== undefined ? Number(digit) - 1 : undefined;
}

/** Larger, smaller, or as it was made (0): whatever is open, as in a browser. */
export function zoomKey(event: KeyboardEvent): 1 | -1 | 0 | undefined {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return undefined;
  if (event.key === '+' || event.code === 'Equal' || event.code === 'NumpadAdd') return 1;
  if (event.key === '-' || event.code === 'Minus' || event.code === 'NumpadSubtract') return -1;
  return (event.code === 'Digit0' && !event.shiftKey) || event.code === 'Numpad0' ? 0 : undefined;
}

/** By the place of a key, not its letter: in a Russian layout Ctrl+N must be Ctrl+N. */
export function shortcut(event: KeyboardEvent, dialogOpen: boolean): Shortcut | undefined {
  const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  // Whatever is open: who locks is in a hurry.
  if (control && event.code === 'KeyL') return 'lock';
  if (event.defaultPrevented || event.isComposing || dialogOpen) return undefined;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.code === 'KeyF') return event.shiftKey ? 'find-all' : 'find';
  if (control && event.code === 'KeyN') return 'create';
  if (control && event.code === 'KeyJ') return 'join';
  const folder = event.ctrlKey && event.shiftKey && !event.altKey && !event.metaKey;
  if (folder && event.code === 'ArrowDown') return 'next-folder';
  if (folder && event.code === 'ArrowUp') return 'previous-folder';
  const alt = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (alt && event.code === 'ArrowDown') return 'next';
  if (alt && event.code === 'ArrowUp') return 'previous';
  if (event.key === 'Escape' && !event.ctrlKey && !event.altKey) return 'close';
  return undefined;
}
