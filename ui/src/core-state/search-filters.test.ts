import { describe, expect, it } from 'vitest';

import { asksNothing, hasSwitch, toggleSwitch, withKey } from './search-filters';

describe('filters', () => {
  it('go in and out of the query, and leave the words alone', () => {
    const on = toggleSwitch('red fox', 'has:link');
    expect(on).toBe('red fox has:link ');
    expect(hasSwitch(on, 'has:link')).toBe(true);
    expect(toggleSwitch(on, 'has:link')).toBe('red fox');
    expect(hasSwitch('has:links', 'has:link')).toBe(false);
  });
  it('with a value wait for it', () => {
    expect(withKey('fox ', 'from:')).toBe('fox from:');
    expect(withKey('fox from:', 'from:')).toBe('fox from:');
    expect(withKey('', 'in:')).toBe('in:');
  });
  it.each(['', '  ', 'from:', 'in: after:'])('"%s" asks for nothing', (query) => expect(asksNothing(query)).toBe(true));
  it.each(['a', 'from:Anna', 'has:link', 'from: x'])('"%s" asks for something', (query) => expect(asksNothing(query)).toBe(false));
});
