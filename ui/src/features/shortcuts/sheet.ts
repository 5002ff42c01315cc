// The lines of the sheet of shortcuts: every action that has keys, then the keys of single places, group by group.

import { ACTIONS } from '../../actions';
import { ACTION_GROUPS, type ActionGroup } from '../../actions/action';
import { LOCAL_KEYS } from '../../actions/local';
import { t } from '../../words';

export interface Line {
  id: string;
  title: string;
  keys: readonly string[];
}

/** Nine accounts are one line: that of the first and the last. */
const ACCOUNT = /^account-\d$/;

export function sheet(): { group: ActionGroup; lines: Line[] }[] {
  const accounts = ACTIONS.filter(({ id }) => ACCOUNT.test(id)).flatMap(({ keys }) => keys);
  const switching = { id: 'account', group: 'window', title: t('keys-account'), keys: [accounts[0]!, accounts.at(-1)!] } as const;
  const all = [...ACTIONS.filter(({ id }) => !ACCOUNT.test(id)).map((action) => ({ ...action, title: action.title() })), switching, ...LOCAL_KEYS.map((key) => ({ ...key, title: key.title() }))];
  return ACTION_GROUPS.map((group) => ({
    group,
    lines: all.filter((line) => line.group === group && line.keys.length > 0).map(({ id, title, keys }) => ({ id, title, keys })),
  }));
}
