import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../../core-state/account.svelte';
import { chats } from '../../core-state/chats.svelte';
import { works } from '../../core-state/works.svelte';
import type { ImportedBundle } from '../../generated/ImportedBundle';
import { answers, callsOf, chatRow, resetHost } from '../../test-host';
import { toasts } from '../../ui-state/toasts.svelte';
import { useLanguage } from '../../words';
import Carry from './Carry.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const bundle = (over: Partial<ImportedBundle>): ImportedBundle => ({ stopped: false, chats: [], unknown: 0, gaps: [], unopened: false, ...over });
const submit = () => fireEvent.submit(screen.getByTestId('carry-form'));
const plain = (text: string | null) => text?.replaceAll(/[\u2068\u2069]/g, '').replaceAll(/\s+/g, ' ').trim();

async function takeIn(file: string): Promise<void> {
  render(Carry, { way: 'in' });
  await fireEvent.input(screen.getByTestId('carry-file'), { target: { value: file } });
  await submit();
}

describe('messages that a file carries', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    putOnScreen(new Account('a'));
    for (const [id, title] of [['t', 'Trip'], ['f', 'Family']] as const) chats.put(chatRow({ id, title }));
    chats.publish();
  });

  it('are written where one says, and it is said where they are', async () => {
    answers.export_bundle = () => ({ stopped: false, chats: 2 });
    render(Carry, {});
    await fireEvent.click(screen.getByTestId('carry-out'));
    await fireEvent.input(screen.getByTestId('carry-file'), { target: { value: ' /media/stick/ours.bundle ' } });
    await fireEvent.click(screen.getByTestId('carry-all'));
    await submit();
    expect(plain((await screen.findByTestId('carried-out')).textContent)).toContain('in /media/stick/ours.bundle.');
    expect(callsOf('export_bundle')).toEqual([{ file: '/media/stick/ours.bundle', all: true }]);
    // The keyboard goes on where it was.
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('carry-out')));
  });

  it('are none where one is alone, and it is said what to do', async () => {
    answers.export_bundle = () => ({ stopped: false, chats: 0 });
    render(Carry, { way: 'out' });
    await submit();
    expect((await screen.findByTestId('carried-out')).textContent).toContain('Invite somebody first.');
  });

  it('are taken in, and it is said where something new came', async () => {
    answers.import_bundle = () => bundle({ chats: ['t', 'f'], unknown: 1 });
    await takeIn('~/ours.bundle');
    expect(plain((await screen.findByTestId('carried-in')).textContent)).toBe('Something new came in 2 chats: Trip, Family. It also holds a chat that you are not in: that stays sealed.');
  });

  it('that are here already are no news', async () => {
    answers.import_bundle = () => bundle({});
    await takeIn('~/ours.bundle');
    expect((await screen.findByTestId('carried-in')).textContent).toContain('nothing new for you');
  });

  it('that do not go on from what is here are asked for once more', async () => {
    answers.import_bundle = () => bundle({ gaps: ['t'] });
    await takeIn('~/ours.bundle');
    expect(plain((await screen.findByTestId('carried-gap')).textContent)).toContain('Trip: more is missing here');
    expect(screen.getByTestId('carried-in').textContent).not.toContain('nothing new');
  });

  it('that cannot be opened are told of, and how they can be', async () => {
    answers.import_bundle = () => bundle({ unopened: true });
    await takeIn('~/ours.bundle');
    expect(plain((await screen.findByTestId('carried-unopened')).textContent)).toContain('could not be opened');
    expect(screen.getByTestId('carried-in').textContent).not.toContain('nothing new');
  });

  it.each([
    ['not_a_bundle', 'holds no messages'],
    ['internal', 'cannot be read'],
  ] as const)('of a file that is wrong are told of at its field: %s', async (code, words) => {
    answers.import_bundle = () => Promise.reject({ code, message: '' });
    await takeIn('~/ours.bundle');
    expect((await screen.findByText(new RegExp(words))).getAttribute('role')).toBe('alert');
    expect(document.activeElement).toBe(screen.getByTestId('carry-file'));
  });

  it('are not written over something else', async () => {
    answers.export_bundle = () => Promise.reject({ code: 'file_exists', message: '' });
    render(Carry, { way: 'out' });
    await submit();
    expect(await screen.findByText(/another file of that name/)).toBeTruthy();
  });

  it('need a file', async () => {
    render(Carry, { way: 'in' });
    await submit();
    expect(callsOf('import_bundle')).toEqual([]);
    expect(await screen.findByText('Enter where the file is.')).toBeTruthy();
  });

  it('show how far they are, and can be stopped', async () => {
    let answer: (imported: ImportedBundle) => void = () => {};
    answers.import_bundle = () => new Promise((done) => (answer = done));
    answers.stop_carrying = () => (answer(bundle({ stopped: true })), {});
    await takeIn('~/ours.bundle');
    works.put('importing', 2, 5);
    await vi.waitFor(() => expect(screen.getByTestId('carry-progress').getAttribute('aria-valuenow')).toBe('40'));
    await fireEvent.click(screen.getByTestId('carry-stop'));
    await vi.waitFor(() => expect(toasts.notes.at(-1)?.key).toBe('carry-in-stopped'));
    expect(screen.queryByTestId('carried-in')).toBeNull();
    expect(screen.getByTestId('carry-form')).toBeTruthy();
  });
});
