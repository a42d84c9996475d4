import type { CloseCode } from '../../protocol/close-codes.ts';
import type { ActorContext } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';
import type { Fault } from '../../runtime/envelope.ts';
import type { ShownPresence } from '../../storage/shown-presence.ts';
import type { Appended, Reacted } from '../../storage/writes.ts';
import type { EncodedPage } from '../services/helper.ts';
import type { Identity } from '../services/tokens.ts';
import type { ResumePoint } from './resume.ts';

/** What a connection may be told. */
export type ConnectionMessage =
  | ({ readonly type: 'open' } & ResumePoint)
  /** `at`: when it arrived, of the monotonic clock. Absent: now. */
  | { readonly type: 'frame'; readonly text: string; readonly at?: number }
  | { readonly type: 'too-big' }
  | { readonly type: 'drained' }
  /** `shown`: whose presence the frame shows. */
  | {
      readonly type: 'event';
      readonly cursor: number;
      readonly frame: string;
      readonly shown?: ShownPresence;
    }
  | { readonly type: 'ephemeral'; readonly frame: string; readonly about?: string | undefined }
  | { readonly type: 'close'; readonly code: CloseCode; readonly reason: string; readonly revoked: boolean }
  /** The next moment has come for which it waits. */
  | { readonly type: 'tick' }
  /** Live pushes may have been lost: compare with the log. */
  | { readonly type: 'verify' }
  /** The log reaches up to this cursor. */
  | { readonly type: 'reached'; readonly cursor: number }
  /** The same, and what it has not sent is not read for it: it reads the log itself. */
  | { readonly type: 'read-alone'; readonly cursor: number }
  /** What the log holds after a cursor. */
  | { readonly type: 'logged'; readonly after: number; readonly page: EncodedPage };

/** What a connection tells itself. */
export type ConnectionPrivate =
  | { readonly type: 'page'; readonly page: EncodedPage; readonly round: number }
  | { readonly type: 'read-failed'; readonly fault: Fault; readonly round: number }
  | { readonly type: 'read-again' }
  | { readonly type: 'gap' }
  | { readonly type: 'stalled' }
  | { readonly type: 'posted'; readonly messageId: string; readonly outcome: Appended }
  | { readonly type: 'post-failed'; readonly messageId: string; readonly fault: Fault }
  | {
      readonly type: 'reacted';
      readonly requestId: string;
      readonly messageId: string;
      readonly emoji: string | null;
      readonly outcome: Reacted;
    }
  | { readonly type: 'react-failed'; readonly requestId: string; readonly ref: string; readonly fault: Fault }
  /** `arrivedAt`: of the frame that asked for it. */
  | {
      readonly type: 'renewed';
      readonly ref: string;
      readonly identity: Identity | null;
      readonly arrivedAt: number;
    }
  /** Whether this host has compared, and what waits for that may go. */
  | { readonly type: 'look' };
export type ConnectionInput = ConnectionMessage | ConnectionPrivate;
export type ConnectionContext = ActorContext<ConnectionInput>;

export const connection = (socketId: string) => refOf<ConnectionMessage>('connection', socketId);
