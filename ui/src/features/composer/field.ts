// Changing the text of a field so that the person's own undo (Ctrl+Z) goes on working.

import type { Replacement } from './format';

export function replaceIn(area: HTMLTextAreaElement, { from, to, insert, selected }: Replacement): void {
  area.focus();
  area.setSelectionRange(from, to);
  // The one way that the engine's undo knows of; setting the value would empty its history.
  const command = insert === '' ? 'delete' : 'insertText';
  const done = typeof document.execCommand === 'function' && document.execCommand(command, false, insert);
  if (!done) {
    area.setRangeText(insert, from, to, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
  area.setSelectionRange(from + selected[0], from + selected[1]);
}
