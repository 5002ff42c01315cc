import { describe, expect, it } from 'vitest';

import { accountKey, shortcut, zoomKey } from './shortcuts';

const key = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init);

describe('shortcuts', () => {
  it('go by the key, not by the letter of the layout', () => {
    expect(shortcut(key({ code: 'KeyN', key: 'т', ctrlKey: true }), false)).toBe('create');
    expect(shortcut(key({ code: 'KeyJ', key: 'о', ctrlKey: true }), false)).toBe('join');
  });
  it('move between chats and close', () => {
    expect(shortcut(key({ code: 'ArrowDown', key: 'ArrowDown', altKey: true }), false)).toBe('next');
    expect(shortcut(key({ code: 'ArrowUp', key: 'ArrowUp', altKey: true }), false)).toBe('previous');
    expect(shortcut(key({ code: 'Escape', key: 'Escape' }), false)).toBe('close');
  });
  it('search in the chat, or with Shift in all of them', () => {
    expect(shortcut(key({ code: 'KeyF', key: 'а', ctrlKey: true }), false)).toBe('find');
    expect(shortcut(key({ code: 'KeyF', key: 'F', ctrlKey: true, shiftKey: true }), false)).toBe('find-all');
  });
  it('move between folders', () => {
    expect(shortcut(key({ code: 'ArrowDown', key: 'ArrowDown', ctrlKey: true, shiftKey: true }), false)).toBe('next-folder');
    expect(shortcut(key({ code: 'ArrowUp', key: 'ArrowUp', ctrlKey: true, shiftKey: true }), false)).toBe('previous-folder');
  });
  it('choose an account by its place', () => {
    expect(accountKey(key({ code: 'Digit1', key: '1', ctrlKey: true }), false)).toBe(0);
    expect(accountKey(key({ code: 'Digit9', key: 'ç', ctrlKey: true }), false)).toBe(8);
    expect(accountKey(key({ code: 'Numpad2', key: '2', metaKey: true }), false)).toBe(1);
    expect(accountKey(key({ code: 'Digit0', key: '0', ctrlKey: true }), false)).toBeUndefined();
    expect(accountKey(key({ code: 'Digit1', key: '1' }), false)).toBeUndefined();
    expect(accountKey(key({ code: 'Digit1', key: '!', ctrlKey: true, shiftKey: true }), false)).toBeUndefined();
    expect(accountKey(key({ code: 'Digit1', key: '1', ctrlKey: true }), true)).toBeUndefined();
  });

  it('zoom, on the keys of either keyboard and layout', () => {
    expect(zoomKey(key({ code: 'Equal', key: '=', ctrlKey: true }))).toBe(1);
    expect(zoomKey(key({ code: 'Equal', key: '+', ctrlKey: true, shiftKey: true }))).toBe(1);
    // A German keyboard has its plus where an English one has a bracket.
    expect(zoomKey(key({ code: 'BracketRight', key: '+', ctrlKey: true }))).toBe(1);
    expect(zoomKey(key({ code: 'NumpadSubtract', key: '-', ctrlKey: true }))).toBe(-1);
    expect(zoomKey(key({ code: 'Digit0', key: '0', metaKey: true }))).toBe(0);
    expect(zoomKey(key({ code: 'Digit0', key: ')', ctrlKey: true, shiftKey: true }))).toBeUndefined();
    expect(zoomKey(key({ code: 'Minus', key: '-' }))).toBeUndefined();
  });

  it('lock, also with a dialog open', () => {
    expect(shortcut(key({ code: 'KeyL', key: 'д', ctrlKey: true }), true)).toBe('lock');
  });
  it('leave typing and open dialogs alone', () => {
    expect(shortcut(key({ code: 'KeyN', key: 'n' }), false)).toBeUndefined();
    expect(shortcut(key({ code: 'KeyN', key: 'n', ctrlKey: true }), true)).toBeUndefined();
    expect(shortcut(key({ code: 'ArrowDown', key: 'ArrowDown' }), false)).toBeUndefined();
  });
});
