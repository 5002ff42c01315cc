import { describe, expect, it } from 'vitest';

import { addressOf, hostOf, sameRelay } from './hosts';

describe('the address of a relay', () => {
  it('is shown by its host', () => {
    expect(hostOf('https://relay.example.org/')).toBe('relay.example.org');
    expect(hostOf('http://127.0.0.1:8080')).toBe('127.0.0.1:8080');
    expect(hostOf('nonsense')).toBe('nonsense');
  });

  it.each([
    ['https://relay.example.org@evil.test/', 'evil.test'],
    ['https://rеlay.example.org', 'xn--rlay-v4d.example.org'],
    ['https://relay.example.org\\@evil.test', 'relay.example.org/@evil.test'],
    [' HTTPS://Relay.Example.ORG ', 'relay.example.org'],
  ])('does not pass for another: %s', (relay, shown) => {
    expect(hostOf(relay)).toBe(shown);
  });

  it('is the same however it is written', () => {
    expect(sameRelay(' https://Relay.example.org/', 'https://relay.example.org')).toBe(true);
    expect(sameRelay('https://relay.example.org:8443', 'https://relay.example.org')).toBe(false);
    expect(addressOf('https://relay.example.org/')).toBe('https://relay.example.org');
  });
});
