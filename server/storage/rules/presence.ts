import type { PresenceState } from '../writes.ts';

/** What is known of a user whose connections have changed. */
interface Connected {
  readonly userId: string;
  readonly before: PresenceState['status'];
  /** When the user was last seen before; null: never. */
  readonly seen: number | null;
  /** Connections at all hosts, and the visible ones of them. */
  readonly all: number;
  readonly visible: number;
  /** Whether a user without a connection is offline already. */
  readonly isOver: boolean;
}

interface NextPresence extends Omit<PresenceState, 'observers'> {
  /** `lastSeen` and the status have to be stored. */
  readonly isStored: boolean;
  readonly isChanged: boolean;
}

/** Online with a visible connection, offline at once if all are invisible, and after the grace time if there are none [S6] [S8].
 *  `lastSeen` becomes now if the user was or is online, so that a value from a clock that was ahead is replaced with the next change; it
 *  stays for a user who is invisible throughout. */
export const nextPresence = (
  { userId, before, seen, all, visible, isOver }: Connected,
  now: number,
): NextPresence => {
  const whenInvisible = all > 0 || isOver ? 'offline' : before;
  const status = visible > 0 ? 'online' : whenInvisible;
  const isStored = before === 'online' || status === 'online';
  const lastSeen = isStored ? now : seen;
  return { userId, status, lastSeen, isConnected: all > 0, isStored, isChanged: status !== before };
};

/** Of a user who is deleted or never was. */
export const noPresence = (userId: string): PresenceState => ({
  userId,
  status: 'offline',
  lastSeen: null,
  isConnected: false,
  observers: [],
});
