import type { ConnectionTable } from './connection-strings.ts';
import type { FileTable } from './file-strings.ts';
import type { LoginTable } from './login-strings.ts';
import type { ManageTable } from './manage-strings.ts';
import type { PanelTable } from './panel-strings.ts';
import type { SendingTable } from './sending-strings.ts';
import type { SettingsTable } from './settings-strings.ts';
import type { StorageTable } from './storage-strings.ts';
import type { Strings } from './strings.ts';

/** All texts of a language, by the part of the client that loads them. */
export interface Tables {
  readonly first: Strings;
  readonly login: LoginTable;
  readonly settings: SettingsTable;
  readonly panel: PanelTable;
  readonly files: FileTable;
  readonly sending: SendingTable;
  readonly manage: ManageTable;
  readonly connection: ConnectionTable;
  readonly storage: StorageTable;
}
