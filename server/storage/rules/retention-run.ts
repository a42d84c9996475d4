import { RETENTION_SILENT_MS } from '../limits.ts';
import type { Writes } from '../writes.ts';

/** What a store knows of the runs of retention: of the one that is under way or was broken off, and when the last one ended. */
export interface StoredRun {
  readonly run: string | null;
  readonly file: string | null;
  readonly bytes: number;
  readonly activeAt: number;
  readonly lastRunAt: number | null;
}

/** A time in the future was noted by a clock that was ahead, and lies as far back as can be. */
const since = (at: number, now: number): number => (at > now ? Infinity : now - at);

/** Whether the last run ended so long ago; `lastRunAt` null: there was none. */
export const isRunDue = (lastRunAt: number | null, everyMs: number, now: number): boolean =>
  lastRunAt === null || since(lastRunAt, now) >= everyMs;

/** Whether a run may begin, and with which archive it goes on. */
export const beginRun = (
  found: StoredRun,
  { file, everyMs }: Pick<Writes['startRetention']['in'], 'file' | 'everyMs'>,
  now: number,
): Writes['startRetention']['out'] => {
  if (found.run !== null && since(found.activeAt, now) < RETENTION_SILENT_MS) return { kind: 'busy' };
  if (!isRunDue(found.lastRunAt, everyMs, now)) return { kind: 'not-due' };
  return { kind: 'started', file: found.file ?? file, bytes: found.bytes };
};

/** The answer to a step that changes nothing: of a run that another one has taken over from, or one whose first answer was lost. Null: the
 *  step is to be done. */
export const settledStep = (
  found: StoredRun,
  { run, file, bytes }: Pick<Writes['removeMessages']['in'], 'run' | 'file' | 'bytes'>,
): Writes['removeMessages']['out'] | null => {
  if (found.run !== run) return { kind: 'lost' };
  return found.file === file && found.bytes === bytes ? { kind: 'removed' } : null;
};
