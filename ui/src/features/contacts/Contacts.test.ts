import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { answers, callsOf, resetHost } from '../../test-host';
import { dialogs } from '../../ui-state/dialogs.svelte';
import { useLanguage } from '../../words';
import Contacts from './Contacts.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const brother = { user: 'u1', name: 'Brother', own_name: 'Boris' };
const clara = { user: 'u2', name: 'Clara', own_name: 'Clara' };

describe('the contacts', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.contacts = () => ({ contacts: [brother], blocked: [clara] });
    answers.set_blocked = () => ({});
  });

  it('shows the name of one’s own and theirs, and leads to the card', async () => {
    render(Contacts);
    const row = (await screen.findAllByTestId('contact'))[0]!;
    expect(row.textContent).toContain('Brother');
    expect(row.textContent).toContain('Boris');
    await fireEvent.click(row);
    expect(dialogs.open).toEqual({ kind: 'person', user: 'u1', chat: null });
  });

  it('lets somebody be heard again', async () => {
    render(Contacts);
    answers.contacts = () => ({ contacts: [brother], blocked: [] });
    await fireEvent.click(await screen.findByTestId('unblock'));
    expect(callsOf('set_blocked')).toEqual([{ user: 'u2', on: false }]);
    await vi.waitFor(() => expect(screen.queryByTestId('blocked-list')).toBeNull());
  });

  it('says how one adds somebody where there is nobody', async () => {
    answers.contacts = () => ({ contacts: [], blocked: [] });
    render(Contacts);
    expect(await screen.findByTestId('contacts-none')).toBeTruthy();
  });

  it('has nothing a screen reader stumbles over', async () => {
    render(Contacts);
    await screen.findByTestId('blocked-list');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
