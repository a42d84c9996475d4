import type { LogEvent } from '../../server/protocol/server-frames.ts';

/** What stands at one place of one person's log. `receipt`: a later one may have taken its place away. */
export interface Entry {
  readonly frame: { readonly type: LogEvent['type']; readonly payload: Readonly<Record<string, unknown>> };
  readonly receipt: boolean;
}

type Frame = Entry['frame'];

/** The user whom an event is about; null if it is about none. */
export const subjectOf = ({ type, payload }: Frame): string | null =>
  type === 'user' ? (payload['user'] as { readonly id: string }).id : null;

const conversationOf = ({ type, payload }: Frame): string | null =>
  type === 'conversation' ? (payload['conversation'] as { readonly id: string }).id : null;

/** Whether a change at this place of a log is no longer told. Of a profile: a later change or a deletion of the same user follows, or the user
 *  is deleted [U4]. Of the settings of a conversation: a later change of them follows, or its deletion [C10] [C13]. */
export const isReplaced = (
  log: ReadonlyMap<number, Entry>,
  deleted: ReadonlyMap<string, unknown>,
  cursor: number,
  { frame }: Entry,
): boolean => {
  if (frame.payload['change'] !== 'updated') return false;
  const user = subjectOf(frame);
  if (user !== null && deleted.has(user)) return true;
  const follows = (later: Frame): boolean =>
    user === null
      ? later.payload['change'] !== 'created' && conversationOf(later) === conversationOf(frame)
      : ['updated', 'deleted'].includes(String(later.payload['change'])) && subjectOf(later) === user;
  return [...log].some(([at, entry]) => at > cursor && follows(entry.frame));
};
