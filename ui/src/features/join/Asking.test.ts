import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, frame, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { selection } from '../../ui-state/selection.svelte';
import { useLanguage } from '../../words';
import Asking from './Asking.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

describe('a chat that was asked for', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    dialogs.close();
    answers.withdraw = () => ({});
  });

  it('waits, and the request can be taken back', async () => {
    render(Asking, { chat: chatRow({ status: 'asking' }) });
    expect(screen.getByTestId('asking').textContent).toContain('Waiting to be let in');
    selection.select('c1');
    await fireEvent.click(screen.getByTestId('withdraw'));
    await frame();
    expect(callsOf('withdraw')).toEqual([{ chat: 'c1' }]);
    // What comes to the list next is not opened in its place.
    selection.moved(['c2'], ['c1']);
    expect(selection.chat).toBeUndefined();
  });

  it('says why not, and offers another link', async () => {
    render(Asking, { chat: chatRow({ status: 'asking', refused: 'used_up' }) });
    expect(screen.getByTestId('asking').textContent).toContain('as many people');
    await fireEvent.click(screen.getByTestId('other-link'));
    expect(dialogs.open).toEqual({ kind: 'join', link: '' });
  });
});
