import type { FileSender } from '../attachments/file-sender.ts';
import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import type { ClientLink } from '../net/late-link.ts';
import type { SocketState } from '../net/link.ts';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { Disk } from '../storage/disk.ts';
import type { Message } from '../model/model.ts';
import type { ReactionUpdate } from '../model/reactions.ts';
import type { MessageSender } from './message-sender.ts';
import type { ResumeRequest } from '../sync/resume.ts';
import type { Announcement } from '../platform/tab-channel.ts';

/** The dependencies of an account: its server, its disk, its clock, and its listeners. */
export interface AccountDeps {
  readonly me: { readonly id: string; readonly username: string };
  readonly api: Api;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly exclusive: Exclusive;
  readonly newId: () => string;
  /** Loads what sends files. Absent where none are sent. */
  readonly loadFiles?: ((sender: MessageSender) => Promise<FileSender>) | undefined;
  readonly link: (
    from: () => ResumeRequest | null,
    onFrame: (frame: ServerFrame) => void,
    onState: (state: SocketState) => void,
  ) => ClientLink;
  /** Tells the user's other tabs what changed on disk. */
  readonly announce: (what: Announcement) => void;
  readonly onMessage: (message: Message) => void;
  readonly onReaction: (reaction: ReactionUpdate) => void;
  /** True when all missed events have arrived and live events follow; false when the connection is lost. */
  readonly onLive: (live: boolean) => void;
  /** The server has another history, so this device has dropped what it held. */
  readonly onReset: () => void;
  /** The draft of one conversation has moved to another. */
  readonly onMoved: (from: string, to: string) => void;
  /** Whether the user may be looking at this window. */
  readonly isSeen: () => boolean;
  readonly onOver: (why: 'expired' | 'deleted' | 'revoked') => void;
}
