// A file that was chosen, for the core to look at.

const FILE_BYTES = 24 * 1024 * 1024;

/** Undefined where it is too large. */
export async function fileAsBase64(file: File): Promise<string | undefined> {
  if (file.size === 0 || file.size > FILE_BYTES) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  // Not all at once: arguments of a call have their limit too.
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
