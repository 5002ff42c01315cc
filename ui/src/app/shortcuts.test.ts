import { describe, expect, it } from 'vitest';

import { shortcut } from './shortcuts';

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
  it('leave typing and open dialogs alone', () => {
    expect(shortcut(key({ code: 'KeyN', key: 'n' }), false)).toBeUndefined();
    expect(shortcut(key({ code: 'KeyN', key: 'n', ctrlKey: true }), true)).toBeUndefined();
    expect(shortcut(key({ code: 'ArrowDown', key: 'ArrowDown' }), false)).toBeUndefined();
  });
});
