import type { Clock } from '../../../runtime/clock.ts';
import {
  COUNTED_AT_ONCE,
  KnownAttachments,
  type AttachmentCount,
} from '../../attachments/attachment-count.ts';
import type { ReadStatements, Rx } from '../transactions.ts';

const NONE: AttachmentCount = { count: 0, bytes: 0 };
const SUM = 'SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM';

/** Counts attachments, without reading all of many each time: see `KnownAttachments`. */
export const attachmentCount = (
  db: ReadStatements,
  clock: Pick<Clock, 'monotonic'>,
): ((rx: Rx) => AttachmentCount) => {
  const first = db.read<[number], AttachmentCount>(`${SUM} (SELECT size FROM attachments LIMIT ? + 0)`);
  const all = db.read<[], AttachmentCount>(`${SUM} attachments`);
  const known = new KnownAttachments(clock);
  return (rx) => known.of(rx.get(first, COUNTED_AT_ONCE) ?? NONE) ?? known.learn(rx.get(all) ?? NONE);
};
