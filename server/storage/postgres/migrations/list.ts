import { INIT } from './0001-init.ts';
import { LOGIN_SLOTS } from './0002-login-slots.ts';
import { CONNECTIONS } from './0003-connections.ts';
import { PRESENCE_BY_TIME } from './0004-presence-by-time.ts';
import { RETENTION } from './0005-retention.ts';
import { FIRST_ADMIN } from './0006-first-admin.ts';
import { REPLIES_AND_REACTIONS } from './0007-replies-and-reactions.ts';
import { PROFILES } from './0008-profiles.ts';
import { SETTINGS_AND_BLOCKS } from './0009-settings-and-blocks.ts';
import { OLDER_HOSTS } from './0010-older-hosts.ts';
import { PUSH } from './0011-push.ts';
import { ATTACHMENTS } from './0012-attachments.ts';
import { KEPT_UPLOADS } from './0013-kept-uploads.ts';
import { BLOCKS_BY_TIME } from './0014-blocks-by-time.ts';

/** Version n is the n-th entry. `meta`, which says which version a database has, is made before the first. Never change an entry
 *  that was released: add another. A release only adds what the release before can live with, because hosts are replaced one by
 *  one; what is no longer needed goes two releases later. */
export const MIGRATIONS: readonly string[] = [
  INIT,
  LOGIN_SLOTS,
  CONNECTIONS,
  PRESENCE_BY_TIME,
  RETENTION,
  FIRST_ADMIN,
  REPLIES_AND_REACTIONS,
  PROFILES,
  SETTINGS_AND_BLOCKS,
  OLDER_HOSTS,
  PUSH,
  ATTACHMENTS,
  KEPT_UPLOADS,
  BLOCKS_BY_TIME,
];

/** The oldest schema whose program can live with the newest one here. A migration that takes something away raises it. */
export const OLDEST_PROGRAM = 1;
