// Addresses of relays as people read them. What is shown is what the address leads to: before an @, in look-alike letters
// or in marks nobody sees, it could say something else.

/** `relay.example.org` of `https://relay.example.org/`; what is no address as it is. */
export function hostOf(relay: string): string {
  return addressOf(relay).replace(/^https?:\/\/(?:[^/]*@)?/, '');
}

/** The whole of it, with its host in the letters that computers use. */
export function addressOf(relay: string): string {
  const trimmed = relay.trim();
  return URL.canParse(trimmed) ? new URL(trimmed).href.replace(/\/$/, '') : trimmed;
}

/** Both lead to the same relay. */
export function sameRelay(one: string, other: string): boolean {
  return addressOf(one) === addressOf(other);
}
