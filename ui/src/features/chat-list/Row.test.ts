import { render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ChatRow } from '../../generated/ChatRow';
import { chatRow } from '../../test-host';
import { useLanguage } from '../../words';
import Row from './Row.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const last = { author: 'Anna', mine: false, text: 'hello', at: Date.now(), state: null };
const show = (over: Partial<ChatRow>, selected = false) => render(Row, { row: chatRow(over), selected, onselect: () => {} });
const words = () => screen.getByTestId('chat-row').textContent?.replace(/\s+/g, ' ') ?? '';

describe('a row of the chat list', () => {
  beforeEach(() => useLanguage('en'));

  it('shows who said what, with a blank between', () => {
    show({ last });
    expect(words()).toContain('Anna: hello');
    expect(screen.getByTestId('chat-row').dataset).toMatchObject({ chat: 'c1', title: 'Trip' });
  });

  it('does not repeat the only other person', () => {
    show({ kind: 'dialog', last });
    expect(words()).not.toContain('Anna');
  });

  it('counts what is unread, and says so', () => {
    show({ last, unread: 1200 });
    expect(screen.getByTestId('unread').textContent).toContain('999+');
    expect(screen.getByTestId('unread').textContent).toContain('1,200 unread messages');
  });

  it('shows a draft before the last line, but not of the chat that is open', () => {
    show({ id: 'x1', last, draft: 'wait' });
    expect(words()).toContain('Draft: wait');
  });

  it('shows no draft in the selected row', () => {
    show({ id: 'x2', last, draft: 'wait' }, true);
    expect(words()).not.toContain('Draft');
  });

  it.each([
    ['asking', 'Waiting to be let in'],
    ['joining', 'Fetching the history…'],
    ['removed', 'You are no longer a member'],
  ] as const)('%s says so', (status, text) => {
    show({ status, title: '', last });
    expect(words()).toContain(text);
    expect(words()).toContain('New dialog');
  });
});
