// An address in three pieces, of which the middle one says whose it is: the host, or the address of a mail. Pure.

export interface Parts {
  before: string;
  where: string;
  after: string;
  mail: boolean;
}

/** Of an address that has been checked; anything else is all `where`. */
export function partsOf(url: string): Parts {
  try {
    const { protocol, host, pathname } = new URL(url);
    const mail = protocol === 'mailto:';
    const where = mail ? pathname : host;
    // What stands before the host (a name, a password) may look like one.
    const at = mail ? 'mailto:'.length : url.indexOf(host, url.lastIndexOf('@', url.indexOf('/', protocol.length + 2)) + 1);
    if (where !== '' && at >= 0) return { before: url.slice(0, at), where, after: url.slice(at + where.length), mail };
  } catch {
    // As below.
  }
  return { before: '', where: url, after: '', mail: false };
}
