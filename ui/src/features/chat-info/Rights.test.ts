import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import Rights from './Rights.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

describe('rights of a chat', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.set_rights = () => ({});
    answers.set_history = () => ({});
  });

  it('are changed by an admin, one at a time, and shown at once', async () => {
    render(Rights, { chat: chatRow({}) });
    const write = screen.getByTestId('right-write');
    expect(write.getAttribute('aria-checked')).toBe('true');
    await fireEvent.click(write);
    expect(write.getAttribute('aria-checked')).toBe('false');
    expect(callsOf('set_rights')).toEqual([{ chat: 'c1', rights: { write: false, comment: true, add: false, pin: true, info: false } }]);
    await fireEvent.click(screen.getByTestId('right-history'));
    expect(callsOf('set_history')).toEqual([{ chat: 'c1', open: false }]);
  });

  it('are as they were where the change is refused, and say why', async () => {
    answers.set_rights = () => Promise.reject({ code: 'not_admin', message: '' });
    render(Rights, { chat: chatRow({}) });
    await fireEvent.click(screen.getByTestId('right-pin'));
    expect(await screen.findByTestId('form-error')).toBeTruthy();
    expect(screen.getByTestId('right-pin').getAttribute('aria-checked')).toBe('true');
  });

  it('are read by who is no admin', () => {
    render(Rights, { chat: chatRow({ admin: false, kind: 'blog', open_history: false }) });
    expect(screen.queryByRole('switch')).toBeNull();
    expect(screen.getByTestId('rights').textContent).toContain('Answer posts');
    expect(screen.getByTestId('history-policy').textContent).toContain('only what is said from then on');
  });

  it('have nothing a screen reader stumbles over', async () => {
    render(Rights, { chat: chatRow({}) });
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
