import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { PersonCard } from '../../generated/PersonCard';
import { answers, callsOf, resetHost } from '../../test-host';
import { useLanguage } from '../../words';
import VerifyDialog from './VerifyDialog.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const GROUPS = ['12345', '67890', '11111', '22222', '33333', '44444', '55555', '66666', '77777', '88888', '99999', '00000'];

function boris(verified_at: number | null): PersonCard {
  return {
    user: 'u1',
    name: 'Boris',
    own_name: 'Boris',
    petname: null,
    blocked: false,
    verified_at,
    new_device: false,
    me: false,
    username: '',
    first_name: '',
    last_name: '',
    email: '',
    mobile: '',
    description: '',
    age: null,
    created_at: null,
    picture: null,
    looks_like: null,
    mixed_scripts: false,
  };
}

describe('making sure of somebody', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    answers.person = () => boris(null);
    answers.safety = () => ({ groups: GROUPS, code: 'beseda:verify/abc' });
    answers.set_verified = () => ({});
    answers.compare_safety = () => ({});
  });

  it('shows the digits in groups, and marks who was compared', async () => {
    render(VerifyDialog, { user: 'u1', chat: 'c1' });
    const digits = await screen.findByTestId('digits');
    expect([...digits.children].map((group) => group.textContent)).toEqual(GROUPS);
    expect(screen.getByTestId('safety-code').textContent).toBe('beseda:verify/abc');
    answers.person = () => boris(1);
    await fireEvent.click(screen.getByTestId('set-verified'));
    expect(await screen.findByTestId('verified-state')).toBeTruthy();
    expect(callsOf('set_verified')).toEqual([{ user: 'u1', on: true }]);
  });

  it('compares a code by itself, and says loudly when it does not fit', async () => {
    render(VerifyDialog, { user: 'u1', chat: 'c1' });
    answers.compare_safety = () => Promise.reject({ code: 'safety_mismatch', message: '' });
    await fireEvent.input(await screen.findByTestId('their-code'), { target: { value: ' beseda:verify/xyz ' } });
    await fireEvent.click(screen.getByTestId('compare-code'));
    expect((await screen.findByTestId('form-error')).textContent).toContain('not of this person');
    expect(callsOf('compare_safety')).toEqual([{ user: 'u1', code: 'beseda:verify/xyz' }]);
    expect(screen.queryByTestId('verified-state')).toBeNull();
  });

  it('has nothing a screen reader stumbles over', async () => {
    render(VerifyDialog, { user: 'u1', chat: 'c1' });
    await screen.findByTestId('digits');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
});
