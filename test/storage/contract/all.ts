import { accountRules } from './accounts.ts';
import { administrationRules } from './administration.ts';
import { attachmentRules } from './attachments.ts';
import { auditRules } from './audit.ts';
import { blockRules } from './blocks.ts';
import { connectionRules } from './connections.ts';
import { deliveryRules } from './delivery.ts';
import { laterQueryRules } from './later-queries.ts';
import { listRules } from './lists.ts';
import { loginSlotRules } from './login-slots.ts';
import { presenceRules } from './presence.ts';
import { profileRules } from './profiles.ts';
import { pushRules } from './push.ts';
import { recallRules } from './recall.ts';
import { reactionRules } from './reactions.ts';
import { replyRules } from './replies.ts';
import { retentionRules } from './retention.ts';
import { searchBoundRules } from './search-bounds.ts';
import { searchCharacterRules } from './search-characters.ts';
import { searchRules } from './search.ts';
import { sessionRules } from './sessions.ts';
import { settingsRules } from './settings.ts';
import { undeliveredRules } from './undelivered.ts';
import { unseenAttachmentRules } from './unseen-attachments.ts';

/** The contract of the store: each of these registers tests that every implementation has to pass. */
export const CONTRACT = [
  deliveryRules,
  listRules,
  sessionRules,
  accountRules,
  loginSlotRules,
  administrationRules,
  auditRules,
  searchRules,
  searchCharacterRules,
  recallRules,
  laterQueryRules,
  searchBoundRules,
  undeliveredRules,
  presenceRules,
  connectionRules,
  retentionRules,
  replyRules,
  reactionRules,
  profileRules,
  settingsRules,
  blockRules,
  pushRules,
  attachmentRules,
  unseenAttachmentRules,
];
