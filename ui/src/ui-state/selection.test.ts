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
