import { encodeFrame } from '../../protocol/encode.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { PresenceState } from '../../storage/writes.ts';

/** What those who see a user's presence are sent. */
export const presenceFrame = (
  { userId, status, lastSeen }: Pick<PresenceState, 'userId' | 'status' | 'lastSeen'>,
  { ids, clock }: { readonly ids: Ids; readonly clock: Clock },
): string => {
  const last_seen = lastSeen === null ? null : rfc3339(lastSeen);
  return encodeFrame('presence', { user_id: userId, status, last_seen }, ids.next(), clock.now());
};
