import type { QueryName, Reads } from '../storage/reads.ts';
import type { MessageTracer } from '../actors/tracing/message-tracer.ts';
import type { Config } from '../config/config.ts';
import type { Inspected } from '../edge/ops/inspected.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import type { AttachmentBytes } from '../storage/attachments/attachment-bytes.ts';
import type { Audit, Write } from '../storage/writes.ts';

/** What an operator's command works on: the store of a running server, or that of a stopped one, whose data directory the command has
 *  locked. */
export interface Operator {
  readonly dataDir: string;
  readonly config: Config;
  /** Rejects with a ParleyError whose text an operator may read. */
  readonly write: Write;
  readonly read: <Q extends QueryName>(
    name: Q,
    ...args: Parameters<Reads[Q]>
  ) => Promise<ReturnType<Reads[Q]>>;
  /** Copies a database that is a file into a new one, while it is written to. */
  readonly copyDatabase: (
    path: string,
  ) => Promise<{ readonly bytes: number; readonly longestStepMs: number }>;
  /** The bytes of attachments. */
  readonly attachments: Pick<AttachmentBytes, 'read' | 'hold'>;
  /** Closes the sockets of sessions that have ended. */
  readonly closeSockets: (
    userId: string,
    sessionIds: readonly string[],
    code: CloseCode,
    reason: string,
  ) => void;
  /** Makes the login throttle of an address read its failures from the store again. */
  readonly reloadThrottle: (key: string) => void;
  /** Makes a new key that signs access tokens. Returns until when those of the key before are good, in milliseconds since the epoch.
   *  @throws OperatorError if the operator gives the key in a variable */
  readonly rotateSigningKey: () => number;
  /** The scheduled backups; null: there is no schedule. */
  readonly backups: ScheduledBackups | null;
  /** The paths of messages on a running server; null where none runs. */
  readonly traces: MessageTraces | null;
  /** What the live inspector shows of this host; null where no server runs. */
  readonly inspected: () => HostFigures | null;
  /** What only a running server knows; null where none runs. */
  readonly figures: (() => ServerFigures) | null;
}

/** The backups of the schedule, which a running server makes. */
interface ScheduledBackups {
  readonly isRunning: boolean;
  readonly failures: number;
  /** Those that are proven, the newest first. */
  list(): readonly { readonly name: string; readonly at: number; readonly bytes: number }[];
  /** Begins one now; false if one is being made. Null where no server runs. */
  readonly begin: (() => boolean) | null;
}

/** The figures of a host: of its threads, and of what client frames cost. */
export type HostFigures = Pick<Inspected, 'host'> & {
  readonly threads: Pick<Inspected['threads'], 'list' | 'process'>;
  readonly frames: Pick<Inspected['frames'], 'list'>;
};

/** What traces messages on this host, and under which name the host is known. */
export interface MessageTraces {
  readonly host: string;
  readonly tracer: Pick<MessageTracer, 'arm' | 'cancel' | 'armed' | 'traces'>;
}

/** A running server, as its status tells it. */
export interface ServerFigures {
  readonly uptimeMs: number;
  readonly connections: number;
  readonly threads: readonly string[];
  /** Whether it hears the other hosts; null where there are none. */
  readonly broker: 'ok' | 'down' | 'off' | null;
  /** Pushes since the start; null if none are sent. */
  readonly pushes?: { readonly accepted: number; readonly failed: number; readonly waiting: number } | null;
  /** Milliseconds since the epoch; null: never. Absent where there is no schedule. */
  readonly lastProvenBackupAt?: number | null;
  /** What is wrong with the proxy in front, as far as requests have shown it. */
  readonly proxyFaults: readonly string[];
}

/** Who gives a command: an account at the system of the server, which says so itself, because only the account of the server and root
 *  can give commands; or `admin:` and the id of a user whose role was checked. */
export interface Requester {
  readonly account: string;
  /** From where; absent: the command line. */
  readonly origin?: string;
}

/** How the audit log names who gave a command. */
export const auditOf = ({ account, origin = 'command line' }: Requester): Audit => ({
  actor: account,
  origin,
});

/** Why a command is not carried out, in a sentence for the operator. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code: 'not_found' | 'conflict' | 'unavailable';

  constructor(message: string, code: OperatorError['code'] = 'conflict') {
    super(message);
    this.code = code;
  }
}
