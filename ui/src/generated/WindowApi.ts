// Made from contract/ by `cargo xtask generate`. Do not edit.
import type { AccountList } from './AccountList';
import type { AddAccount } from './AddAccount';
import type { AddedAccount } from './AddedAccount';
import type { Done } from './Done';
import type { KeptAccounts } from './KeptAccounts';
import type { ListAccounts } from './ListAccounts';
import type { ListKeptAccounts } from './ListKeptAccounts';
import type { RemoveAccount } from './RemoveAccount';
import type { ShowAccount } from './ShowAccount';

/** Every command of the window: what it takes and what it answers. */
export interface WindowApi {
  accounts: { arguments: ListAccounts; result: AccountList };
  show_account: { arguments: ShowAccount; result: Done };
  kept_accounts: { arguments: ListKeptAccounts; result: KeptAccounts };
  add_account: { arguments: AddAccount; result: AddedAccount };
  remove_account: { arguments: RemoveAccount; result: AccountList };
}
