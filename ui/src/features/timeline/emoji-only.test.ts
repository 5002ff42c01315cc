import { describe, expect, it } from 'vitest';

import { onlyEmoji } from './emoji-only';

describe('a text of emoji only', () => {
  it.each(['😀', '👍🏽', '😀 😀 😀', '👩‍👩‍👧‍👦', '🇺🇦', '❤️'])('%s is shown large', (text) => expect(onlyEmoji(text)).toBe(true));
  it.each(['', ' ', '1', '42', '#', 'ok 👍', '😀😀😀😀', '🤷 hm'])('"%s" is not', (text) => expect(onlyEmoji(text)).toBe(false));
});
