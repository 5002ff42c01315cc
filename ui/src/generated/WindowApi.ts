// Made from contract/ by `cargo xtask generate`. Do not edit.
import type { AccountList } from './AccountList';
import type { AddAccount } from './AddAccount';
import type { AddedAccount } from './AddedAccount';
import type { Done } from './Done';
import type { GetWindowSettings } from './GetWindowSettings';
import type { KeptAccounts } from './KeptAccounts';
import type { ListAccounts } from './ListAccounts';
import type { ListKeptAccounts } from './ListKeptAccounts';
import type { RemoveAccount } from './RemoveAccount';
import type { SetCloseToTray } from './SetCloseToTray';
import type { SetLanguage } from './SetLanguage';
import type { ShowAccount } from './ShowAccount';
import type { WindowSettings } from './WindowSettings';

/** Every command of the window: what it takes and what it answers. */
export interface WindowApi {
  accounts: { arguments: ListAccounts; result: AccountList };
  show_account: { arguments: ShowAccount; result: Done };
  kept_accounts: { arguments: ListKeptAccounts; result: KeptAccounts };
  add_account: { arguments: AddAccount; result: AddedAccount };
  remove_account: { arguments: RemoveAccount; result: AccountList };
  window_settings: { arguments: GetWindowSettings; result: WindowSettings };
  set_close_to_tray: { arguments: SetCloseToTray; result: Done };
  set_language: { arguments: SetLanguage; result: Done };
}
