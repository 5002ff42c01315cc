import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { OwnProfile } from '../../generated/OwnProfile';
import { answers, callsOf, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import ProfileForm from './ProfileForm.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const PROFILE: OwnProfile = {
  name: 'Anna',
  username: '',
  first_name: 'Anna',
  last_name: '',
  email: '',
  mobile: '',
  birth_date: '',
  description: '',
  picture: null,
  created_at: 0,
  shown: [
    { field: 'first_name', shown: 'everyone' },
    { field: 'email', shown: 'contacts' },
  ],
};

describe('the profile form', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.profile = () => PROFILE;
    answers.set_profile = () => ({ ...PROFILE, last_name: 'Karenina', name: 'Anna Karenina' });
  });

  it('sends only what is different, and who may see it', async () => {
    render(ProfileForm, { me: 'u1' });
    const save = (await screen.findByTestId('profile-save')) as HTMLButtonElement;
    expect(save.disabled).toBe(true);
    await fireEvent.input(screen.getByTestId('profile-last_name'), { target: { value: ' Karenina ' } });
    await fireEvent.change(screen.getByTestId('shown-email'), { target: { value: 'nobody' } });
    expect(save.disabled).toBe(false);
    await fireEvent.submit(screen.getByTestId('profile-form'));
    const nothing = { username: null, first_name: null, email: null, mobile: null, birth_date: null, description: null, picture: null };
    expect(callsOf('set_profile')).toEqual([{ ...nothing, last_name: 'Karenina', shown: [{ field: 'email', shown: 'nobody' }] }]);
    await vi.waitFor(() => expect((screen.getByTestId('profile-last_name') as HTMLInputElement).value).toBe('Karenina'));
  });

  it('keeps what was typed when it is refused', async () => {
    answers.set_profile = () => Promise.reject({ code: 'bad_text', message: 'that is no e-mail address' });
    render(ProfileForm, { me: 'u1' });
    await fireEvent.input(await screen.findByTestId('profile-email'), { target: { value: 'nowhere' } });
    await fireEvent.submit(screen.getByTestId('profile-form'));
    expect(await screen.findByTestId('profile-error')).toBeTruthy();
    expect((screen.getByTestId('profile-email') as HTMLInputElement).value).toBe('nowhere');
  });

  it('has nothing a screen reader stumbles over', async () => {
    render(ProfileForm, { me: 'u1' });
    await screen.findByTestId('profile-form');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
