import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import ChatHeader from './ChatHeader.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const dialog = { kind: 'dialog', title: 'Anna', peer: 'u1' } as const;

describe('the head of a dialog', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.acknowledge_devices = () => ({});
  });

  it('bears the mark of who was made sure of', () => {
    render(ChatHeader, { chat: chatRow({ ...dialog, verified: true }) });
    expect(screen.getByTestId('verified')).toBeTruthy();
    expect(screen.queryByTestId('new-device-line')).toBeNull();
  });

  it('says that a device has come since, until that was seen', async () => {
    render(ChatHeader, { chat: chatRow({ ...dialog, verified: true, new_device: true }) });
    expect(screen.getByTestId('new-device-line').textContent).toContain('since you verified');
    await fireEvent.click(screen.getByTestId('acknowledge-devices'));
    expect(callsOf('acknowledge_devices')).toEqual([{ user: 'u1' }]);
  });
});
