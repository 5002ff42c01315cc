import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';

import type { MemberRow } from '../../generated/MemberRow';
import type { PersonCard } from '../../generated/PersonCard';
import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import AddMember from './AddMember.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const contact = (user: string, name: string) => ({ user, name, own_name: name });

beforeEach(() => {
  resetHost();
  answers.contacts = () => ({ contacts: [contact('u1', 'Anna'), contact('u2', 'Boris')], blocked: [] });
  answers.members = () => ({ members: [{ user: 'u1' } as MemberRow] });
  answers.add_member = () => ({});
});

test('contacts who are not in the chat can be put into it, and it is said what they will read', async () => {
  render(AddMember, { chat: chatRow({ id: 'c1', open_history: false }) });
  await waitFor(() => expect(screen.getAllByTestId('add-member')).toHaveLength(1));
  expect(screen.getByTestId('candidates').textContent).toContain('Boris');
  await fireEvent.click(screen.getByTestId('add-member'));
  await waitFor(() => expect(callsOf('add_member')).toEqual([{ chat: 'c1', user: 'u2' }]));
  await waitFor(() => expect(screen.queryByTestId('add-member')).toBeNull());
});

test('who is found by their username stands first, and who is not listed is said', async () => {
  answers.find_person = ({ username }) => {
    if (username !== '@vera') throw { code: 'no_such_person', message: '' };
    return { user: 'u3', name: 'Vera' } as PersonCard;
  };
  render(AddMember, { chat: chatRow({ id: 'c1' }) });
  await waitFor(() => screen.getByTestId('find-person'));
  const field = screen.getByTestId('find-person-name');
  await fireEvent.input(field, { target: { value: 'nobody' } });
  await fireEvent.submit(screen.getByTestId('find-person'));
  await waitFor(() => screen.getByTestId('find-person-error'));
  await fireEvent.input(field, { target: { value: '@vera' } });
  await fireEvent.submit(screen.getByTestId('find-person'));
  await waitFor(() => expect(screen.getAllByTestId('add-member')).toHaveLength(2));
  expect(screen.queryByTestId('find-person-error')).toBeNull();
});
