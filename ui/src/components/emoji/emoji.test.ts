import { describe, expect, it } from 'vitest';

import { findEmoji, loadEmoji, recentEmoji, rememberEmoji } from './emoji';

const found = async (language: 'en' | 'ru', asked: string) => findEmoji(await loadEmoji(language), asked, 8).map(([emoji]) => emoji);

describe('emoji by name', () => {
  it('are found by their codes and words, the nearest first', async () => {
    expect((await found('en', 'tada'))[0]).toBe('🎉');
    expect(await found('en', 'heart')).toContain('❤️');
    expect((await found('en', 'fox'))[0]).toBe('🦊');
  });

  it('are found in Russian too, and there still by English codes', async () => {
    expect((await found('ru', 'лиса'))[0]).toBe('🦊');
    expect(await found('ru', 'ТОРТ')).toContain('🎂');
    expect((await found('ru', 'tada'))[0]).toBe('🎉');
  });

  it('are not found by nonsense', async () => expect(await found('en', 'qqqq')).toEqual([]));

  it('are all there, without bare parts', async () => {
    const rows = await loadEmoji('en');
    expect(rows.length).toBeGreaterThan(1500);
    expect(rows.some(([, group]) => group === 2)).toBe(false);
  });
});

it('the last used come first, each once', () => {
  for (const emoji of ['👍', '🎉', '👍']) rememberEmoji(emoji);
  expect(recentEmoji()).toEqual(['👍', '🎉']);
});
