import type { MessageTracer } from '../actors/tracing/message-tracer.ts';
import type { Config } from '../config/config.ts';
import type { Perform } from '../operator/perform.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Directory } from '../runtime/directory.ts';
import type { Host } from '../runtime/host.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Logger } from '../runtime/log/log.ts';
import type { Pool } from '../runtime/threads/pool.ts';
import type { AttachmentBytes } from '../storage/attachments/attachment-bytes.ts';
import type { Queries, Reads } from '../storage/reads.ts';
import type { Secrets } from './auth/secrets.ts';
import type { SigningKeys } from './auth/signing-keys.ts';
import type { BackupReport } from './ops/backup-report.ts';
import type { DiskWatchOptions } from './ops/disk-watch.ts';
import type { ReadinessChecks } from './ops/readiness.ts';
import type { RetentionReport } from './ops/retention-report.ts';

/** What the entry point gives the edge. */
export interface EdgeOptions {
  /** The folder of the built client. */
  readonly clientDir: string;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly signingKeys: SigningKeys;
  readonly host: Host;
  /** Envelopes under way to each thread. */
  readonly links: () => Readonly<Record<string, number>>;
  readonly directory: Directory;
  readonly queries: Queries;
  /** See `TokenOptions`. */
  readonly sessionNow: Reads['session'] | null;
  readonly pools: { readonly hashing: Pool; readonly reading: Pool };
  readonly attachmentBytes: AttachmentBytes;
  /** How full the disk of the data directory is. */
  readonly diskUsage: DiskWatchOptions['measure'];
  /** See `ReadinessChecks`. */
  readonly clockCheck: ReadinessChecks['clock'];
  readonly backups: BackupReport;
  readonly retention: RetentionReport;
  /** See `EdgeDeps`. */
  readonly operate: Perform;
  readonly tracer: MessageTracer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}
