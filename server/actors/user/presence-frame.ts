import { encodeFrame } from '../../protocol/encode.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { PresenceState } from '../../storage/writes.ts';

/** `status` null: whoever is told may not see it (any more). */
type ShownPresence = Pick<PresenceState, 'userId' | 'lastSeen'> & {
  readonly status: PresenceState['status'] | null;
};

/** What those are sent who see a user's presence, or saw it. */
export const presenceFrame = (
  { userId, status, lastSeen }: ShownPresence,
  { ids, clock }: { readonly ids: Ids; readonly clock: Clock },
): string => {
  const last_seen = lastSeen === null ? null : rfc3339(lastSeen);
  return encodeFrame('presence', { user_id: userId, status, last_seen }, ids.next(), clock.now());
};
