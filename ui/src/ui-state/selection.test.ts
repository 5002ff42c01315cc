import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Account, putOnScreen } from '../core-state/account.svelte';
import { chats } from '../core-state/chats.svelte';
import { chatRow } from '../test-host';
import { selection } from './selection.svelte';

vi.mock('../host', async () => (await import('../test-host')).hostModule);

const shown = () => selection.panes.map(({ chat }) => (chat === selection.chat ? `${chat}*` : chat)).join(' ');
const keys = () => selection.panes.map(({ key }) => key);

describe('chats side by side', () => {
  beforeEach(() => {
    putOnScreen(new Account('a'));
    for (const id of ['a', 'b', 'c', 'd']) chats.put(chatRow({ id }));
    chats.publish();
  });

  it('are opened in the pane one acts in, or in the other one', () => {
    selection.openBeside('a');
    expect(shown()).toBe('a*');
    selection.openBeside('b');
    expect(shown()).toBe('a b*');
    selection.select('c');
    expect(shown()).toBe('a c*');
    selection.openBeside('d');
    expect(shown()).toBe('d* c');
  });

  it('are never the same twice', () => {
    selection.select('a');
    selection.openBeside('b');
    selection.select('a');
    expect(shown()).toBe('a* b');
    selection.openBeside('a');
    expect(shown()).toBe('a* b');
  });

  it('are left one by one, and the other one stays what it was', () => {
    selection.select('a');
    selection.openBeside('b');
    const [, right] = keys();
    selection.close('a');
    expect([shown(), keys()]).toEqual(['b*', [right]]);
    selection.select(undefined);
    expect([shown(), selection.chat]).toEqual(['', undefined]);
  });

  it('are divided with the chat one was in before', () => {
    for (const id of ['c', 'b', 'a']) selection.select(id);
    selection.divide();
    expect(shown()).toBe('a b*');
    selection.divide();
    expect(shown()).toBe('a b*');
    selection.cross();
    expect(shown()).toBe('a* b');
  });

  it('go on under another id, or away', () => {
    selection.select('a');
    selection.openBeside('b');
    const before = keys();
    chats.remove('a');
    chats.put(chatRow({ id: 'real' }));
    selection.moved(['real'], ['a']);
    expect([shown(), keys()]).toEqual(['real b*', before]);
    chats.remove('b');
    selection.moved([], ['b']);
    expect(shown()).toBe('real*');
    // What was beside another chat does not come back in place of that.
    chats.put(chatRow({ id: 'new' }));
    selection.moved(['new'], []);
    expect(shown()).toBe('real*');
  });
});

/** The page is loaded anew, and these chats are in the account. */
function load(account: string, ...ids: string[]): void {
  putOnScreen(new Account(account));
  for (const id of ids) chats.put(chatRow({ id }));
  chats.publish();
}

describe('at the next load of the page', () => {
  it('the chats on screen are there again, in each account its own', () => {
    load('a', 'c1', 'c2', 'c3');
    selection.select('c2');
    selection.openBeside('c3');
    selection.activate('c2');
    load('b', 'c1');
    selection.select('c1');
    load('a', 'c1', 'c2', 'c3');
    selection.resume();
    expect(shown()).toBe('c2* c3');
    load('b', 'c1');
    selection.resume();
    expect(shown()).toBe('c1*');
  });

  it('there is none where it was closed, or is gone', () => {
    load('a', 'c1');
    selection.select('c1');
    selection.select(undefined);
    load('a', 'c1');
    selection.resume();
    expect(shown()).toBe('');
    selection.select('c1');
    load('a', 'other');
    selection.resume();
    expect(shown()).toBe('');
  });

  it('one is taken back in the first moment only', () => {
    load('a', 'c1', 'c2');
    selection.select('c1');
    load('a', 'c1', 'c2');
    selection.resume();
    selection.select(undefined);
    selection.resume();
    expect(shown()).toBe('');
    localStorage.setItem('beseda.chat.a', 'c1*');
    load('a', 'c1', 'c2');
    // Somebody came for another chat before.
    selection.select('c2');
    selection.resume();
    expect(shown()).toBe('c2*');
  });
});
