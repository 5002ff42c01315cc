// The words in a piece of markup, without it. Pure.

import type { MarkupInline } from '../../generated/MarkupInline';

export function wordsOf(inlines: MarkupInline[]): string {
  return inlines
    .map((inline) => {
      switch (inline.type) {
        case 'text':
        case 'code':
          return inline.text;
        case 'mention':
          return `@${inline.name}`;
        case 'break':
          return '\n';
        default:
          return wordsOf(inline.inlines);
      }
    })
    .join('');
}
