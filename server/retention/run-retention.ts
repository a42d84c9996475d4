import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { AttachmentBytes } from '../storage/attachments/attachment-bytes.ts';
import type { ExpiredMessage, QueryName, Reads } from '../storage/reads.ts';
import type { Audit, Write } from '../storage/writes.ts';
import { RetentionArchive, archiveName } from './retention-archive.ts';

export interface RetentionDeps {
  readonly dataDir: string;
  readonly write: Write;
  readonly attachments: Pick<AttachmentBytes, 'read'>;
  readonly read: <Q extends QueryName>(
    name: Q,
    ...args: Parameters<Reads[Q]>
  ) => Promise<ReturnType<Reads[Q]>>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whether the server is stopping: the run is then broken off after a step, and the next one goes on. */
  readonly isStopping?: () => boolean;
}

export interface RetentionRun {
  /** Messages that were sent earlier are removed, in milliseconds since the epoch. */
  readonly before: number;
  /** Not if the last run ended less than this ago. */
  readonly everyMs: number;
  readonly audit: Audit;
}

/** `lost`: another run has taken over. */
export type RetentionOutcome =
  | { readonly kind: 'done'; readonly removed: number; readonly file: string | null }
  | { readonly kind: 'busy' | 'not-due' | 'lost' | 'stopped' };

/** Messages of one step: so few that nobody waits long for its transaction. */
const STEP_MESSAGES = 50;
/** Bytes of their attachments, if they are several: so few that a run is never silent for long while it copies them. */
const STEP_BYTES = 64 * 1024 * 1024;
/** The pause after a step, as a multiple of the time that its transaction took. */
const REST = 3;
const REST_MIN_MS = 2;

/** Archives and removes what is too old, in steps. A message is in the archive, on disk, before it is removed, and after a crash between
 *  the two the next run cuts the archive where the store says. Rejects with what the store or the disk rejects with; the next run then
 *  goes on. */
export const runRetention = async (deps: RetentionDeps, asked: RetentionRun): Promise<RetentionOutcome> => {
  const { dataDir, write, read, clock, ids } = deps;
  const files = {
    bytes: deps.attachments,
    usedFiles: (sha256s: readonly string[]) => read('usedFiles', sha256s),
  };
  const run = ids.next();
  const fresh = archiveName(clock.now(), run);
  const started = await write('startRetention', { run, file: fresh, everyMs: asked.everyMs });
  if (started.kind !== 'started') return started;
  const archive = await RetentionArchive.open({ dataDir, files }, started, fresh);
  try {
    const steps = await removeAll(deps, { run, archive, before: asked.before });
    if (steps.end !== 'done') return { kind: steps.end };
    const file = await archive.finish();
    const { removed } = steps;
    await write('endRetention', { run, removed, before: asked.before, audit: asked.audit });
    return { kind: 'done', removed, file };
  } finally {
    await archive.close();
  }
};

/** The messages that are too old, in pages; a page may be empty. The next one is read once the one before was dealt with. */
async function* expiredPages(
  read: RetentionDeps['read'],
  before: number,
): AsyncGenerator<ReturnType<Reads['expiredMessages']>['messages']> {
  for (let after: string | null = null; ;) {
    const page: ReturnType<Reads['expiredMessages']> = await read('expiredMessages', {
      before,
      after,
      limit: STEP_MESSAGES,
    });
    yield page.messages;
    if (page.next === null) return;
    after = page.next;
  }
}

/** The same in steps, of at least one message each. */
async function* expiredSteps(
  read: RetentionDeps['read'],
  before: number,
): AsyncGenerator<readonly ExpiredMessage[]> {
  for await (const page of expiredPages(read, before)) {
    let [step, bytes]: [ExpiredMessage[], number] = [[], 0];
    for (const message of page) {
      const more = message.attachments.reduce((sum, { size }) => sum + size, 0);
      if (step.length > 0 && bytes + more > STEP_BYTES) {
        yield step;
        [step, bytes] = [[], 0];
      }
      step.push(message);
      bytes += more;
    }
    if (step.length > 0) yield step;
  }
}

const removeAll = async (
  { write, read, clock, isStopping = () => false }: RetentionDeps,
  {
    run,
    archive,
    before,
  }: { readonly run: string; readonly archive: RetentionArchive; readonly before: number },
): Promise<{ readonly end: 'done' | 'lost' | 'stopped'; readonly removed: number }> => {
  let removed = 0;
  for await (const messages of expiredSteps(read, before)) {
    if (isStopping()) return { end: 'stopped', removed };
    const certain = archive.bytes;
    await archive.add(messages);
    const began = clock.monotonic();
    const ids = messages.map(({ id }) => id);
    const { file, bytes } = archive;
    const { kind } = await write('removeMessages', { run, ids, file, bytes });
    if (kind === 'lost') {
      await archive.cutTo(certain);
      return { end: 'lost', removed };
    }
    removed += ids.length;
    await pause(clock, Math.max(REST_MIN_MS, REST * (clock.monotonic() - began)));
  }
  return { end: 'done', removed };
};

const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

/** How many messages a run would remove now. */
export const countExpired = async (
  { read }: Pick<RetentionDeps, 'read'>,
  before: number,
): Promise<number> => {
  let count = 0;
  for await (const messages of expiredPages(read, before)) count += messages.length;
  return count;
};
