// Which texts are shown large. Pure.

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One to three emoji and nothing else: they are shown large. */
export function onlyEmoji(text: string): boolean {
  if (text.length > 64 || !/^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u.test(text) || /[\d#*]/.test(text)) return false;
  const count = [...segmenter.segment(text.replace(/\s/gu, ''))].length;
  return count >= 1 && count <= 3;
}
