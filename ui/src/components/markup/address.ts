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
