import * as z from 'zod/mini';
import { uuid } from '../protocol/fields.ts';

/** What one host tells the others. It says where to look and never what is there: a host that hears that a log has grown reads it from
 *  the database. So a notice may be lost, doubled or late, and nobody on the broker learns what people write. */
export interface Notice {
  /** The log of this user has reached this cursor. */
  readonly users?: readonly (readonly [userId: string, cursor: number])[];
  /** The presence of these users has changed. */
  readonly presence?: readonly string[];
  /** Close the connections of these sessions. */
  readonly revoked?: readonly (readonly [
    userId: string,
    sessionId: string,
    closeCode: number,
    reason: string,
  ])[];
  /** Connections that gave way to a newer one of their user. */
  readonly evicted?: readonly (readonly [userId: string, socketId: string])[];
  /** `userId` has written to `peerId` for the first time, or has blocked or unblocked them: what they see of the user's presence is another
   *  thing now. */
  readonly introduced?: readonly (readonly [userId: string, peerId: string])[];
  /** Who began or stopped typing, and to whom. */
  readonly typing?: readonly (readonly [
    conversationId: string,
    userId: string,
    peerId: string,
    isTyping: boolean,
  ])[];
}
export type NoticeKind = keyof Notice;

const cursor = z.int().check(z.minimum(0));
const closeCode = z.int().check(z.minimum(1000), z.maximum(4999));
/** Longer than any reason of a close frame. */
const shortText = z.string().check(z.maxLength(256));

const SCHEMA = z.strictObject({
  users: z.optional(z.array(z.tuple([uuid, cursor]))),
  presence: z.optional(z.array(uuid)),
  revoked: z.optional(z.array(z.tuple([uuid, uuid, closeCode, shortText]))),
  evicted: z.optional(z.array(z.tuple([uuid, uuid]))),
  introduced: z.optional(z.array(z.tuple([uuid, uuid]))),
  typing: z.optional(z.array(z.tuple([uuid, uuid, uuid, z.boolean()]))),
} satisfies Record<NoticeKind, unknown>);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Null for what is no notice. A field that this version does not know makes it none: whoever adds a field raises `SEAL_VERSION`, so
 *  that older hosts compare with the database instead of missing what they cannot read. */
export const readNotice = (payload: Uint8Array): Notice | null => {
  try {
    const parsed = SCHEMA.safeParse(JSON.parse(decoder.decode(payload)));
    return parsed.success ? (parsed.data as Notice) : null;
  } catch {
    return null;
  }
};
