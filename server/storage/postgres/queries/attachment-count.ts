import type { Clock } from '../../../runtime/clock.ts';
import {
  COUNTED_AT_ONCE,
  KnownAttachments,
  type AttachmentCount,
} from '../../attachments/attachment-count.ts';
import { statement, type Sql } from '../sql.ts';

type Sum = [count: number, bytes: number];

const SUM = 'SELECT count(*), coalesce(sum(size), 0)::bigint FROM';
const FIRST = statement<Sum>('first_attachments', `${SUM} (SELECT size FROM attachments LIMIT $1) f`);
const ALL = statement<Sum>('all_attachments', `${SUM} attachments`);

/** Counts attachments, without reading all of many each time: see `KnownAttachments`. */
export const attachmentCount = (
  database: Pick<Sql, 'query'>,
  clock: Pick<Clock, 'monotonic'>,
): (() => Promise<AttachmentCount>) => {
  const known = new KnownAttachments(clock);
  return async () =>
    known.of(countOf(await database.query(FIRST, [COUNTED_AT_ONCE]))) ??
    known.learn(countOf(await database.query(ALL)));
};

const countOf = ([found]: readonly Sum[]): AttachmentCount => {
  const [count, bytes] = found ?? [0, 0];
  return { count, bytes };
};
