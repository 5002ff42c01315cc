// What the first-start form holds and what is wrong with it. Whether a relay is there is the core's to say.

import type { Code } from '../../generated/Code';
import type { CreateAccount } from '../../generated/CreateAccount';

export interface Form {
  name: string;
  /** URL; at the very first start an invitation link may stand there too, or nothing. */
  relay: string;
  invite: string;
  key: string;
  passphrase: string;
  again: string;
}

/** For a field, the key of the sentence that says what is wrong. */
export type Problem = Partial<Record<keyof Form, string>>;

export function problemsOf(form: Form): Problem {
  const problems: Problem = {};
  if (form.name.trim() === '') problems.name = 'first-name-missing';
  if (form.relay.trim() === '') problems.relay = 'first-relay-missing';
  if (form.key === 'passphrase') {
    if (form.passphrase === '') problems.passphrase = 'passphrase-missing';
    else if (form.passphrase !== form.again) problems.again = 'passphrase-differs';
  }
  return problems;
}

const INVITATION = 'beseda:join/';

/** What was pasted is an invitation into a chat: it knows the relay by itself. */
export function isInvitation(text: string): boolean {
  return text.trim().startsWith(INVITATION);
}

/** The same where one may begin without a relay, or with an invitation into a chat. */
export function problemsOfFirst(form: Form): Problem {
  const { relay: _, ...problems } = problemsOf(form);
  return problems;
}

/** How many recovery words there are. */
export const WORDS = 24;

/** As they are typed or pasted: numbered or not, in lines or columns. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s,;.)\d]+/)
    .filter((word) => word !== '');
}

export function accountOf(form: Form): CreateAccount {
  const invite = form.invite.trim();
  return {
    name: form.name.trim(),
    relay: form.relay.trim(),
    invite: invite === '' ? null : invite,
    key: form.key === 'passphrase' ? { kind: 'passphrase', passphrase: form.passphrase } : { kind: form.key === 'keyring' ? 'keyring' : 'file' },
  };
}

/** The field an error of the core belongs to, if it belongs to one. */
export function fieldOf(code: Code): keyof Form | undefined {
  switch (code) {
    case 'bad_relay_url':
      return 'relay';
    case 'invite_required':
      return 'invite';
    case 'bad_text':
      return 'name';
    default:
      return undefined;
  }
}
