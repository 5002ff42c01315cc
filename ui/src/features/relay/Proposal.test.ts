import { fireEvent, render, screen } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../../core-state/account.svelte';
import { sync } from '../../core-state/sync.svelte';
import { answers, callsOf, frame, resetHost, syncStatus } from '../../test-host';
import { toasts } from '../../ui-state/toasts.svelte';
import { useLanguage } from '../../words';
import Proposal from './Proposal.svelte';

vi.mock('../../host', async () => (await import('../../test-host')).hostModule);

const NEW = 'https://new.example.org';
const shown = () => screen.queryByTestId('relay-proposal');
const said = () => shown()?.textContent?.replace(/[\u2068\u2069]/g, '');
const propose = (relay: string, by = 'Anna') => sync.put(syncStatus({ proposed: { relay, by } }));

describe('the wish that the chats be at another relay', () => {
  beforeEach(() => {
    resetHost();
    useLanguage('en');
    // Nothing was put away in it yet.
    putOnScreen(new Account('a'));
    propose(NEW);
  });

  it('says who is where, and is not there when nobody wishes it, nor on a device that was removed', async () => {
    render(Proposal);
    expect(said()).toContain('Anna moved to new.example.org. Go there too?');
    sync.put(syncStatus());
    await frame();
    expect(shown()).toBeNull();
    sync.put(syncStatus({ removed: true, proposed: { relay: NEW, by: 'Anna' } }));
    await frame();
    expect(shown()).toBeNull();
  });

  it.each([
    ['https://relay.example.org@evil.test', 'evil.test', 'https://relay.example.org@evil.test'],
    ['https://rеlay.example.org', 'xn--rlay-v4d.example.org', 'https://xn--rlay-v4d.example.org'],
  ])('tricks nobody: %s', (relay, host, whole) => {
    propose(relay);
    render(Proposal);
    expect(said()).toContain(`moved to ${host}. Go`);
    expect(screen.getByTestId('relay-proposal-address').textContent).toBe(whole);
  });

  it('goes there by one click, which is busy meanwhile', async () => {
    let arrive: () => void = () => {};
    answers.use_relay = () => new Promise((done) => (arrive = () => done({})));
    render(Proposal);
    await fireEvent.click(screen.getByTestId('relay-go'));
    await fireEvent.click(screen.getByTestId('relay-go'));
    expect(screen.getByTestId('relay-go').getAttribute('aria-busy')).toBe('true');
    expect(screen.getByTestId<HTMLButtonElement>('relay-not-now').disabled).toBe(true);
    arrive();
    await frame();
    expect(callsOf('use_relay')).toEqual([{ relay: NEW, invite: null }]);
    expect(toasts.notes.map((note) => note.key)).toEqual(['relay-followed']);
  });

  it('says why it did not go, until somebody names another one', async () => {
    answers.use_relay = () => Promise.reject({ code: 'bad_relay_url', message: '' });
    render(Proposal);
    await fireEvent.click(screen.getByTestId('relay-go'));
    expect((await screen.findByRole('alert')).textContent).toContain('not the address of a relay');
    expect(screen.getByTestId('relay-go').getAttribute('aria-busy')).toBe('false');
    propose('https://third.example.org');
    await frame();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is put away for this relay only, and for this window only', async () => {
    const { unmount } = render(Proposal);
    await fireEvent.click(screen.getByTestId('relay-not-now'));
    expect(shown()).toBeNull();
    unmount();
    render(Proposal);
    expect(shown()).toBeNull();
    propose('https://third.example.org', 'Boris');
    await frame();
    expect(said()).toContain('Boris moved to third.example.org');
    propose(NEW);
    await frame();
    expect(shown()).toBeNull();
    expect(localStorage.length + sessionStorage.length).toBe(0);
  });

  it('is there for who looks for it, also when it was put away', async () => {
    const { unmount } = render(Proposal);
    await fireEvent.click(screen.getByTestId('relay-not-now'));
    unmount();
    render(Proposal, { always: true });
    expect(shown()).toBeTruthy();
    expect(screen.queryByTestId('relay-not-now')).toBeNull();
  });

  it('is for everybody to use', async () => {
    const { container } = render(Proposal);
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
