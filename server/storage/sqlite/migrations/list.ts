import { INIT } from './0001-init.ts';
import { HISTORY } from './0002-history.ts';
import { ORDER_AND_DELETIONS } from './0003-order-and-deletions.ts';
import { ACCOUNTS } from './0004-accounts.ts';
import { ADMINISTRATION } from './0005-administration.ts';
import { RETENTION } from './0006-retention.ts';
import { REPLIES_AND_REACTIONS } from './0007-replies-and-reactions.ts';
import { PROFILES } from './0008-profiles.ts';
import { SETTINGS_AND_BLOCKS } from './0009-settings-and-blocks.ts';
import { PUSH } from './0010-push.ts';
import { ATTACHMENTS } from './0011-attachments.ts';

/** In order; the n-th takes schema n-1 to n. A migration that has been released is never changed. */
export const MIGRATIONS: readonly string[] = [
  ...[INIT, HISTORY, ORDER_AND_DELETIONS, ACCOUNTS, ADMINISTRATION],
  ...[RETENTION, REPLIES_AND_REACTIONS, PROFILES, SETTINGS_AND_BLOCKS, PUSH],
  ATTACHMENTS,
];
