import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { chats } from '../../core-state/chats.svelte';
import type { FoundRow } from '../../generated/FoundRow';
import { answers, callsOf, chatRow, frame, resetHost } from '../../test-host';
import { finding } from '../../ui-state/finding.svelte';
import { places } from '../../ui-state/places.svelte';
import { useLanguage } from '../../words';
import Results from './Results.svelte';
import SearchField from './SearchField.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const row = (message: string, text: string): FoundRow => ({ message, chat: 'c1', chat_title: 'Trip', author: 'u1', author_name: 'Anna', mine: false, text, highlights: [[4, 7]], at: 0, url: null });

describe('searching', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    finding.end();
    chats.put(chatRow({ id: 'c1', title: 'Fox hunters' }));
    chats.publish();
    answers.search = () => ({ messages: [row('m1', 'the fox ran'), row('m2', 'two fox es')], cursor: null });
  });

  async function type(query: string): Promise<HTMLInputElement> {
    finding.begin(undefined);
    render(SearchField);
    const { container } = render(Results);
    const field = screen.getByTestId<HTMLInputElement>('search');
    await fireEvent.input(field, { target: { value: query } });
    await vi.waitFor(() => expect(container.querySelector('[data-state=done], [data-state=failed]')).not.toBeNull());
    return field;
  }

  it('shows what was found, with the words marked, and chats of that name', async () => {
    await type('fox');
    expect(screen.getAllByTestId('found').map((one) => one.querySelector('mark')?.textContent)).toEqual(['fox', 'fox']);
    expect(screen.getByTestId('search-chat').textContent).toContain('Fox hunters');
  });

  it('opens what the keys have chosen', async () => {
    const field = await type('fox');
    await fireEvent.keyDown(field, { key: 'ArrowDown' });
    await frame();
    expect(field.getAttribute('aria-activedescendant')).toBe('search-result-1');
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(places.take('c1')?.at).toEqual({ at: 'message', message: 'm2' });
  });

  it('ends with Escape', async () => {
    const field = await type('fox');
    await fireEvent.keyDown(field, { key: 'Escape' });
    expect([finding.on, finding.query]).toEqual([false, '']);
  });

  it('filters by chips', async () => {
    await type('fox');
    const chip = screen.getAllByTestId('search-chip').find((one) => one.dataset['filter'] === 'has:link')!;
    await fireEvent.click(chip);
    await vi.waitFor(() => expect(callsOf('search').at(-1)).toMatchObject({ query: 'fox has:link ' }));
    expect(chip.getAttribute('aria-pressed')).toBe('true');
    await fireEvent.click(screen.getByTestId('search-order'));
    await vi.waitFor(() => expect(callsOf('search').at(-1)).toMatchObject({ order: 'best' }));
  });

  it('says so when there is nothing, and when it went wrong', async () => {
    answers.search = () => ({ messages: [], cursor: null });
    await type('zzz');
    expect(screen.getByTestId('search-nothing')).toBeTruthy();
    answers.search = () => Promise.reject({ code: 'internal', message: '' });
    await fireEvent.input(screen.getByTestId('search'), { target: { value: 'zzzz' } });
    await vi.waitFor(() => expect(screen.getByTestId('search-error')).toBeTruthy());
  });

  it('has nothing a screen reader stumbles over', async () => {
    await type('fox');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
