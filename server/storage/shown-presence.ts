import type { LogEvent } from '../protocol/server-frames.ts';

/** The presence of a user as an event shows it: as it was when the event was read. */
export interface ShownPresence {
  readonly userId: string;
  /** Null: whoever has the event in their log does not see it. */
  readonly status: 'online' | 'offline' | null;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number | null;
}

/** Whose presence this event shows; null for most. */
export const presenceShownBy = ({ type, payload }: LogEvent): ShownPresence | null => {
  if (type !== 'user' && type !== 'conversation') return null;
  const shown = type === 'user' ? payload.user : payload.conversation.peer;
  if ('deleted' in shown) return null;
  const { id: userId, status, last_seen: lastSeen } = shown;
  return { userId, status, lastSeen: lastSeen === null ? null : Date.parse(lastSeen) };
};
