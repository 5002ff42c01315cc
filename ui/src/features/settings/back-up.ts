// What is wrong with the form of a backup. Whether the file can be written is the system's to say.

export interface BackUpForm {
  file: string;
  passphrase: string;
  again: string;
}

/** Fewest characters of a backup's passphrase: the file may lie anywhere, and be tried for years. */
export const PASSPHRASE_CHARS = 8;

/** For a field, the key of the sentence that says what is wrong. */
export function backUpProblems(form: BackUpForm): Partial<BackUpForm> {
  const problems: Partial<BackUpForm> = {};
  if (form.file.trim() === '') problems.file = 'backup-file-missing';
  if ([...form.passphrase].length < PASSPHRASE_CHARS) problems.passphrase = 'backup-passphrase-short';
  else if (form.passphrase !== form.again) problems.again = 'passphrase-differs';
  return problems;
}
