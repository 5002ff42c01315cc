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

  it('takes a birth date in three fields, and no day that there is not or that is to come', async () => {
    render(ProfileForm, { me: 'u1' });
    const part = async (name: string, value: string) => {
      const field = await screen.findByTestId(`profile-birth_date-${name}`);
      await (field instanceof HTMLSelectElement ? fireEvent.change(field, { target: { value } }) : fireEvent.input(field, { target: { value } }));
    };
    const save = () => fireEvent.submit(screen.getByTestId('profile-form'));
    const day = () => screen.getByTestId('profile-birth_date-day') as HTMLInputElement;
    await part('day', '3x1');
    expect(day().value).toBe('31');
    await part('year', '1990');
    await save();
    expect((await screen.findByText(/leave all three empty/)).getAttribute('role')).toBe('alert');
    expect(document.activeElement).toBe(day());
    await part('month', '02');
    await save();
    await part('day', '9');
    await part('year', String(new Date().getFullYear() + 1));
    await save();
    expect(callsOf('set_profile')).toEqual([]);
    await part('year', '1990');
    expect(screen.queryByText(/leave all three empty/)).toBeNull();
    await save();
    expect(callsOf('set_profile')).toMatchObject([{ birth_date: '1990-02-09' }]);
  });

  it('lets a birth date be taken away', async () => {
    answers.profile = () => ({ ...PROFILE, birth_date: '1991-04-12' });
    useLanguage('ru');
    render(ProfileForm, { me: 'u1' });
    const month = (await screen.findByTestId('profile-birth_date-month')) as HTMLSelectElement;
    expect(month.selectedOptions[0]?.textContent).toBe('апреля');
    expect(screen.getByRole('group', { name: 'Дата рождения' })).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Убрать дату' }));
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'День' }));
    await fireEvent.submit(screen.getByTestId('profile-form'));
    expect(callsOf('set_profile')).toMatchObject([{ birth_date: '' }]);
  });

  it('keeps what was typed when it is refused', async () => {
    answers.set_profile = () => Promise.reject({ code: 'bad_text', message: 'that is no e-mail address' });
    render(ProfileForm, { me: 'u1' });
    await fireEvent.input(await screen.findByTestId('profile-email'), { target: { value: 'nowhere' } });
    await fireEvent.submit(screen.getByTestId('profile-form'));
    expect(await screen.findByTestId('profile-error')).toBeTruthy();
    expect((screen.getByTestId('profile-email') as HTMLInputElement).value).toBe('nowhere');
  });

  it.each(['', '1991-04-12', '1991-04-99'])('has nothing a screen reader stumbles over, born on "%s"', async (birth_date) => {
    answers.profile = () => ({ ...PROFILE, birth_date });
    render(ProfileForm, { me: 'u1' });
    await fireEvent.submit(await screen.findByTestId('profile-form'));
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
