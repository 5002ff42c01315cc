// Keys that work everywhere in the app.

export type Shortcut = 'create' | 'join' | 'next' | 'previous' | 'close';

/** By the place of a key, not its letter: in a Russian layout Ctrl+N must be Ctrl+N. */
export function shortcut(event: KeyboardEvent, dialogOpen: boolean): Shortcut | undefined {
  if (event.defaultPrevented || event.isComposing || dialogOpen) return undefined;
  const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (control && event.code === 'KeyN') return 'create';
  if (control && event.code === 'KeyJ') return 'join';
  const alt = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (alt && event.code === 'ArrowDown') return 'next';
  if (alt && event.code === 'ArrowUp') return 'previous';
  if (event.key === 'Escape' && !event.ctrlKey && !event.altKey) return 'close';
  return undefined;
}
