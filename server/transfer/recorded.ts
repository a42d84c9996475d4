import type { Db } from '../storage/sqlite/open.ts';
import type { ExportSummary } from '../storage/transfer/export-digest.ts';

/** For the audit record of a move. An import has none: its audit log is the one that it brings, so that the next export is the same. */
export interface Recorded {
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export const MOVE = { origin: 'command line', action: 'move' } as const;

export const moveDetail = ({ sha256 }: ExportSummary): string => JSON.stringify({ sha256 });

/** After the comparison. */
export const recordMove = (db: Db, { actor, at }: Recorded, summary: ExportSummary): void => {
  db.prepare('INSERT INTO audit_records (at, actor, origin, action, detail) VALUES (?, ?, ?, ?, ?)').run(
    at,
    actor,
    MOVE.origin,
    MOVE.action,
    moveDetail(summary),
  );
};
