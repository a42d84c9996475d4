import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import type { Link, LinkState } from '../net/link.ts';
import type { ServerFrame } from '../../server/protocol/down.ts';
import type { Disk } from './disk.ts';
import type { ChatMessage } from './model.ts';
import type { ResumePoint } from './resume.ts';
import type { Announcement } from './tab-channel.ts';

/** What an account is wired to: its server, its disk, its clock, and those who want to know. */
export interface AccountDeps {
  readonly me: { readonly id: string; readonly username: string };
  readonly api: Api;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly exclusive: Exclusive;
  readonly newId: () => string;
  readonly link: (
    from: () => ResumePoint | null,
    onFrame: (frame: ServerFrame) => void,
    onState: (state: LinkState) => void,
  ) => Link;
  /** Tells the person's other tabs what changed on disk. */
  readonly announce: (what: Announcement) => void;
  readonly onMessage: (message: ChatMessage) => void;
  /** Everything missed has arrived, and live events follow; or no longer. */
  readonly onLive: (live: boolean) => void;
  /** The server holds another history: what this device held has been dropped. */
  readonly onReset: () => void;
  /** What was written in one conversation is in another now. */
  readonly onMoved: (from: string, to: string) => void;
  /** Whether somebody may be looking at this window. */
  readonly isSeen: () => boolean;
  readonly onOver: (why: 'expired' | 'deleted' | 'revoked') => void;
}
