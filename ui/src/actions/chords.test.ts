import { describe, expect, it } from 'vitest';

import { presses, spokenKeys } from './chords';

const key = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init);

describe('keys pressed together', () => {
  it('go by the place of the key, not by the letter of the layout', () => {
    expect(presses(key({ code: 'KeyN', key: 'т', ctrlKey: true }), 'Ctrl+N')).toBe(true);
    expect(presses(key({ code: 'KeyT', key: 'n', ctrlKey: true }), 'Ctrl+N')).toBe(false);
  });
  it('are these and no others', () => {
    expect(presses(key({ code: 'KeyN', ctrlKey: true, shiftKey: true }), 'Ctrl+N')).toBe(false);
    expect(presses(key({ code: 'KeyN', ctrlKey: true, altKey: true }), 'Ctrl+N')).toBe(false);
    expect(presses(key({ code: 'KeyN' }), 'Ctrl+N')).toBe(false);
    expect(presses(key({ code: 'ArrowUp', key: 'ArrowUp', altKey: true, shiftKey: true }), 'Alt+Shift+↑')).toBe(true);
  });
  it('may be the command key of a Mac, and those of the number pad', () => {
    expect(presses(key({ code: 'Numpad2', key: '2', metaKey: true }), 'Ctrl+2')).toBe(true);
    expect(presses(key({ code: 'Digit1', key: '!', ctrlKey: true, shiftKey: true }), 'Ctrl+1')).toBe(false);
  });
  it('are found by their sign where it stands elsewhere', () => {
    expect(presses(key({ code: 'Digit7', key: '/', ctrlKey: true }), 'Ctrl+/')).toBe(true);
    expect(presses(key({ code: '', key: 'Escape' }), 'Esc')).toBe(true);
  });
  it('zoom on the keys of either keyboard and layout', () => {
    expect(presses(key({ code: 'Equal', key: '=', ctrlKey: true }), 'Ctrl++')).toBe(true);
    expect(presses(key({ code: 'Equal', key: '+', ctrlKey: true, shiftKey: true }), 'Ctrl++')).toBe(true);
    // A German keyboard has its plus where an English one has a bracket.
    expect(presses(key({ code: 'BracketRight', key: '+', ctrlKey: true }), 'Ctrl++')).toBe(true);
    expect(presses(key({ code: 'NumpadSubtract', key: '-', ctrlKey: true }), 'Ctrl+-')).toBe(true);
    expect(presses(key({ code: 'Digit0', key: ')', ctrlKey: true, shiftKey: true }), 'Ctrl+0')).toBe(false);
    expect(presses(key({ code: 'Minus', key: '-' }), 'Ctrl+-')).toBe(false);
  });
  it('are told to assistive technology in its own names', () => {
    expect(spokenKeys(['Ctrl+Shift+↓', 'Alt+A'])).toBe('Control+Shift+ArrowDown Alt+A');
    expect(spokenKeys(['Ctrl++'])).toBe('Control+Plus');
    expect(spokenKeys([])).toBeUndefined();
  });
});
