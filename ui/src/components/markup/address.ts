// What a link shows of itself before it is followed.

const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

/** The address as it will be opened: a host in look-alike letters shows its real name. Undefined where none may be. */
export function safeUrl(url: string): string | undefined {
  try {
    const parsed = new URL(url);
    return ALLOWED.has(parsed.protocol) ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

/** An address of our own, which this app opens itself. */
export function isOurs(url: string): boolean {
  return url.startsWith('beseda:');
}

/** Whether a link's own words are the address: nothing of it is left out, in look-alike letters, or hidden before an `@`. */
export function saysWhere(text: string, url: string): boolean {
  const plain = text.trim();
  // Blanks and line breaks inside would be dropped by the parser.
  if (/\s/.test(plain)) return false;
  try {
    const { host, username, password } = new URL(url);
    if (host.split('.').some((label) => label.startsWith('xn--')) || username !== '' || password !== '') return false;
  } catch {
    return false;
  }
  return [plain, `https://${plain}`, `http://${plain}`, `mailto:${plain}`].some((read) => safeUrl(read) === url);
}
