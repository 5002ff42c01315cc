import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { settings } from '../../core-state/settings.svelte';
import { answers, callsOf, frame, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import Words from './Words.svelte';
import { choosePlaces } from './places';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const WORDS = Array.from({ length: 24 }, (_, at) => `word${String.fromCharCode(97 + at)}`);

/** The fields that are asked for, with the place of each. */
function asked(): { place: number; input: HTMLInputElement }[] {
  return [...screen.getByTestId('words-form').querySelectorAll('input')].map((input) => ({ place: Number(input.dataset['testid']!.slice('word-'.length)), input }));
}

async function answer(word: (place: number) => string): Promise<void> {
  for (const { place, input } of asked()) await fireEvent.input(input, { target: { value: word(place) } });
  await fireEvent.submit(screen.getByTestId('words-form'));
  await frame();
}

async function written(): Promise<void> {
  render(Words);
  await fireEvent.click(await screen.findByTestId('words-written'));
}

describe('the recovery words', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    settings.value = { read_receipts: true, key: 'file', words_kept: false };
    answers.recovery_words = () => ({ words: WORDS });
    answers.settings = () => ({ read_receipts: true, key: 'file', words_kept: true });
    answers.keep_words = ({ said }) => {
      if (said.some(({ place, word }) => WORDS[place - 1] !== word)) throw { code: 'wrong_word', message: '' };
      return {};
    };
  });

  it('are shown in their order, numbered, and are not for copying', async () => {
    render(Words);
    const list = await screen.findByTestId('words');
    expect([...list.children].map((word) => word.querySelector('.word')!.textContent)).toEqual(WORDS);
    expect(list.children[3]!.textContent).toContain('4');
    expect(await fireEvent.copy(list)).toBe(false);
    expect(screen.queryByText(/copy/i)).toBeNull();
    expect(screen.getByTestId('dialog').textContent).toContain('do not photograph');
  });

  it('are gone from the screen while three are asked back, and are on paper only once these were right', async () => {
    await written();
    const places = asked().map(({ place }) => place);
    expect(new Set(places).size).toBe(3);
    expect(screen.getByTestId('dialog').textContent).not.toContain(WORDS[0]);
    await answer((place) => ` ${WORDS[place - 1]} `);
    expect(callsOf('keep_words')).toEqual([{ said: places.map((place) => ({ place, word: WORDS[place - 1] })) }]);
    expect(screen.getByTestId('words-kept').textContent).toContain('on your paper only');
    expect(settings.value?.words_kept).toBe(true);
  });

  it('say which one is another word, and can be looked at again', async () => {
    await written();
    const [first, second] = asked();
    await answer((place) => (place === second!.place ? 'zebra' : WORDS[place - 1]!));
    expect(screen.getAllByRole('alert').map((alert) => alert.textContent)).toEqual([`That is not word number ${second!.place} on your paper. Look again.`]);
    expect(first!.input.getAttribute('aria-invalid')).toBeNull();
    expect(document.activeElement).toBe(second!.input);
    await fireEvent.click(screen.getByTestId('words-again'));
    expect(screen.getByTestId('words')).toBeTruthy();
    expect(settings.value?.words_kept).toBe(false);
  });

  it('that another device has heard already are not shown', async () => {
    answers.recovery_words = () => ({ words: [] });
    render(Words);
    expect(await screen.findByTestId('words-kept')).toBeTruthy();
    expect(screen.queryByTestId('words')).toBeNull();
  });

  it('are for everybody to use', async () => {
    render(Words);
    await screen.findByTestId('words');
    const check = async () => (await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })).violations.map(({ id }) => id);
    expect(await check()).toEqual([]);
    await fireEvent.click(screen.getByTestId('words-written'));
    expect(await check()).toEqual([]);
    // Twice over a whole page: slow on a busy machine.
  }, 20_000);
});

describe('the places that are asked for', () => {
  it('are different ones, in their order, from the first to the last', () => {
    expect(choosePlaces(24, () => 0)).toEqual([1, 2, 3]);
    expect(choosePlaces(24, (below) => below - 1)).toEqual([22, 23, 24]);
    const draws = [10, 3, 20];
    expect(choosePlaces(24, () => draws.shift()!)).toEqual([4, 11, 23]);
  });
});
