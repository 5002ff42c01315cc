import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { message, opened, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import Message from './Message.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const show = (over: Parameters<typeof message>[1], people = true) => render(Message, { message: message('m', over), people });

describe('a message', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
  });

  it('shows its text as it was written, and never as markup', () => {
    const text = '<img src=x onerror=alert(1)>\n  two  blanks\n\n<b>bold</b>';
    show({ text });
    expect(screen.getByTestId('message-text').textContent).toBe(text);
    expect(screen.getByTestId('message').querySelector('img, b')).toBeNull();
  });

  it('opens a link outside and stays where it is', async () => {
    show({ text: 'see example.org' });
    const link = screen.getByText('example.org');
    expect(link.title).toBe('https://example.org/');
    expect(await fireEvent.click(link)).toBe(false);
    expect(opened).toEqual(['https://example.org/']);
  });

  it('says who spoke once in a run, and not where there are only two', () => {
    show({ first: true });
    expect(screen.getByTestId('author').textContent).toBe('Anna');
  });

  it.each([
    [{ first: false }, true],
    [{ first: true }, false],
    [{ first: true, mine: true }, true],
  ] as const)('names nobody where that is clear: %o', (over, people) => {
    show(over, people);
    expect(screen.queryByTestId('author')).toBeNull();
  });

  it('lets each text run its own way', () => {
    show({ text: 'שלום' });
    expect(screen.getByTestId('message-text').closest('[dir]')?.getAttribute('dir')).toBe('auto');
  });

  it.each(['queued', 'accepted', 'delivered', 'read'] as const)('of mine shows that it is %s', (state) => {
    show({ mine: true, state: { state } });
    const shown = screen.getByTestId('message');
    expect(shown.dataset['state']).toBe(state);
    expect(shown.dataset['mine']).toBe('true');
    expect(shown.querySelector('[role="img"]')?.getAttribute('aria-label')).toMatch(/^[A-Z]/);
  });

  it('that failed says why', () => {
    show({ mine: true, state: { state: 'failed', reason: 'not_member' } });
    expect(screen.getByText('Not sent: you are no longer a member.')).toBeTruthy();
  });

  it('that comes late says when it was written', () => {
    const at = new Date(2026, 10, 22, 16, 40).getTime();
    show({ at, sent_at: new Date(2026, 10, 22, 14, 2).getTime() });
    expect(screen.getByTestId('message').textContent).toContain('sent 14:02');
    expect(screen.getByTestId('message').textContent).toContain('16:40');
  });
});
