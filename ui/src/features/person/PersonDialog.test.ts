import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { people } from '../../core-state/people.svelte';
import type { PersonCard } from '../../generated/PersonCard';
import { answers, callsOf, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import PersonDialog from './PersonDialog.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

function card(over: Partial<PersonCard> = {}): PersonCard {
  return {
    user: 'u1',
    name: 'Anna Karenina',
    own_name: 'Anna Karenina',
    petname: null,
    blocked: false,
    verified_at: null,
    new_device: false,
    me: false,
    username: 'anna',
    first_name: 'Anna',
    last_name: 'Karenina',
    email: '',
    mobile: '',
    description: 'on the train',
    age: 35,
    created_at: null,
    picture: null,
    looks_like: null,
    mixed_scripts: false,
    ...over,
  };
}

describe('a person’s card', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.person = () => card();
  });

  it('shows what is told and nothing for what is not', async () => {
    render(PersonDialog, { user: 'u1', chat: 'c1' });
    expect((await screen.findByTestId('person-name')).textContent).toBe('Anna Karenina');
    const facts = screen.getByTestId('person-facts').textContent;
    expect(facts).toContain('@anna');
    expect(facts).toContain('35 years');
    expect(facts).not.toContain('E-mail');
    expect(facts).not.toContain('Full name');
    expect(callsOf('person')).toEqual([{ user: 'u1', chat: 'c1' }]);
  });

  it('warns of a name that looks like another’s', async () => {
    answers.person = () => card({ looks_like: 'Anna', mixed_scripts: true });
    render(PersonDialog, { user: 'u1', chat: 'c1' });
    expect((await screen.findByTestId('person-looks-like')).textContent).toContain('Anna');
    expect(screen.queryByTestId('person-mixed')).toBeNull();
  });

  it('is looked up again when something else is known', async () => {
    render(PersonDialog, { user: 'u1', chat: null });
    await screen.findByTestId('person-name');
    answers.person = () => card({ name: 'Anna Vronskaya' });
    people.changed('u1');
    await vi.waitFor(() => expect(screen.getByTestId('person-name').textContent).toBe('Anna Vronskaya'));
  });

  it('makes a contact of them under a name of one’s own, and blocks', async () => {
    answers.add_contact = () => ({});
    answers.set_blocked = () => ({});
    render(PersonDialog, { user: 'u1', chat: null });
    answers.person = () => card({ petname: '' });
    await fireEvent.click(await screen.findByTestId('contact-add'));
    await fireEvent.input(await screen.findByTestId('petname'), { target: { value: ' Sister ' } });
    answers.person = () => card({ petname: 'Sister', name: 'Sister' });
    await fireEvent.click(screen.getByTestId('petname-save'));
    await vi.waitFor(() => expect(screen.getByTestId('person-name').textContent).toBe('Sister'));
    expect(callsOf('add_contact')).toEqual([
      { user: 'u1', petname: '' },
      { user: 'u1', petname: 'Sister' },
    ]);
    expect(screen.getByTestId('person-facts').textContent).toContain('Anna Karenina');
    await fireEvent.click(screen.getByTestId('person-block'));
    expect(callsOf('set_blocked')).toEqual([{ user: 'u1', on: true }]);
  });

  it('warns of a new device until that was seen', async () => {
    answers.person = () => card({ new_device: true, verified_at: 1 });
    answers.acknowledge_devices = () => ({});
    render(PersonDialog, { user: 'u1', chat: 'c1' });
    expect((await screen.findByTestId('new-device')).textContent).toContain('since you verified');
    expect(screen.getByTestId('verified')).toBeTruthy();
    answers.person = () => card({ verified_at: 1 });
    await fireEvent.click(screen.getByTestId('acknowledge-devices'));
    await vi.waitFor(() => expect(screen.queryByTestId('new-device')).toBeNull());
  });

  it('says what went wrong', async () => {
    answers.person = () => Promise.reject({ code: 'internal', message: '' });
    render(PersonDialog, { user: 'u1', chat: null });
    expect(await screen.findByTestId('form-error')).toBeTruthy();
  });

  it('has nothing a screen reader stumbles over', async () => {
    render(PersonDialog, { user: 'u1', chat: 'c1' });
    await screen.findByTestId('person-facts');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
