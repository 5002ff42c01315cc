import { beforeEach, describe, expect, it, vi } from 'vitest';

import { call, callAs, callFor, callWindow } from '.';

const { invoke } = vi.hoisted(() => ({ invoke: vi.fn<(name: string, args: unknown) => Promise<unknown>>() }));

vi.mock('@tauri-apps/api/core', () => ({ invoke, Channel: vi.fn() }));
vi.mock('@tauri-apps/plugin-clipboard-manager', () => ({ writeText: vi.fn() }));
vi.mock('@tauri-apps/plugin-opener', () => ({ openUrl: vi.fn() }));

/** An answer that is given by hand. */
function held(): { answer: (value: unknown) => void; fail: (error: unknown) => void } {
  const hands: ReturnType<typeof held> = { answer: vi.fn(), fail: vi.fn() };
  invoke.mockImplementationOnce(
    () =>
      new Promise((answer, fail) => {
        hands.answer = answer;
        hands.fail = fail;
      }),
  );
  return hands;
}

/** What has become of a promise once nothing is on its way any more. */
async function fate(promise: Promise<unknown>): Promise<string> {
  const done = promise.then(
    () => 'answered',
    () => 'failed',
  );
  return Promise.race([done, new Promise<string>((late) => setTimeout(() => late('open')))]);
}

describe('the door to the shell', () => {
  beforeEach(() => {
    invoke.mockReset();
    callFor('a');
  });

  it('names the account that is on screen, the one that is asked, or none', async () => {
    invoke.mockResolvedValue({});
    await call('chats', {});
    await callAs('b')('chats', {});
    await callWindow('accounts', {});
    expect(invoke.mock.calls).toEqual([
      ['call', { account: 'a', name: 'chats', arguments: {} }],
      ['call', { account: 'b', name: 'chats', arguments: {} }],
      ['call', { account: null, name: 'accounts', arguments: {} }],
    ]);
  });

  it('gives an answer to the screen that asked, and to no screen of another account', async () => {
    const [first, second, third] = [held(), held(), held()];
    const asked = [call('chats', {}), call('chats', {}), callAs('a')('chats', {})];
    first.answer({});
    expect(await fate(asked[0]!)).toBe('answered');
    callFor('b');
    // Back in the same account the screens are new ones.
    callFor('a');
    second.answer({});
    third.answer({});
    expect(await fate(asked[1]!)).toBe('open');
    expect(await fate(asked[2]!)).toBe('answered');
  });

  it('lets errors through in the same way', async () => {
    const [first, second] = [held(), held()];
    const asked = [call('chats', {}), call('chats', {})];
    first.fail({ code: 'disk_full', message: 'm' });
    await expect(asked[0]).rejects.toEqual({ code: 'disk_full', message: 'm' });
    callFor('b');
    second.fail('no shell');
    expect(await fate(asked[1]!)).toBe('open');
  });
});
