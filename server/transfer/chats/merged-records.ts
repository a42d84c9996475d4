import {
  compareKeys,
  RECORD_TYPES,
  sortKeyOf,
  type ExportRecord,
  type ExportRecords,
  type RecordOf,
} from '../../storage/transfer/export-record.ts';
import type { ImportedRecords } from './imported-records.ts';
import type { StoreSurvey } from './survey.ts';

type AuditRecord = Omit<RecordOf<'audit_record'>, 'type' | 'number'>;

/** The records of a store together with imported ones, in the order of an export. Imported events come first in every log, so the
 *  cursors of those that were there rise. `audit`: what is noted of the import. */
export const mergedRecords = (
  existing: ExportRecords,
  imported: ImportedRecords,
  { store, audit }: { readonly store: StoreSurvey; readonly audit: AuditRecord },
): AsyncGenerator<ExportRecord, void, void> =>
  merge(withAudit(shifted(existing, imported, store), audit), asynchronous(imported.records()));

async function* shifted(
  records: ExportRecords,
  imported: ImportedRecords,
  { conversations }: StoreSurvey,
): AsyncGenerator<ExportRecord, void, void> {
  const peerIn = (record: { readonly conversation_id: string }, user: string): string => {
    const [first = '', second = ''] = conversations.get(record.conversation_id)?.people ?? [];
    return user === first ? second : first;
  };
  for await (const record of records) {
    if (record.type === 'user') yield { ...record, cursor: record.cursor + imported.eventsOf(record.id) };
    else if (record.type === 'event')
      yield { ...record, cursor: record.cursor + imported.eventsOf(record.user_id) };
    else if (record.type === 'conversation') yield { ...record, sides: sidesOf(record, imported) };
    else if (record.type === 'reaction') {
      const peer = peerIn(record, record.user_id);
      yield {
        ...record,
        cursor: record.cursor + imported.eventsOf(record.user_id),
        peer_cursor: record.peer_cursor === null ? null : record.peer_cursor + imported.eventsOf(peer),
      };
    } else if (record.type === 'message' || record.type === 'removed_message') {
      const recipient = peerIn(record, record.sender_id);
      yield {
        ...record,
        sender_cursor: record.sender_cursor + imported.eventsOf(record.sender_id),
        recipient_cursor: record.recipient_cursor + imported.eventsOf(recipient),
      };
    } else yield record;
  }
}

/** What users have set for a conversation stays when it gets messages. */
const sidesOf = (
  { id, sides: [first, second] }: RecordOf<'conversation'>,
  imported: ImportedRecords,
): RecordOf<'conversation'>['sides'] => {
  const filled = imported.sidesOf(id);
  if (filled === null) return [first, second];
  const settings = ({ pinned, archived, muted_until }: typeof first) => ({ pinned, archived, muted_until });
  return [
    { ...filled[0], ...settings(first) },
    { ...filled[1], ...settings(second) },
  ];
};

async function* withAudit(
  records: AsyncIterable<ExportRecord>,
  audit: AuditRecord,
): AsyncGenerator<ExportRecord, void, void> {
  let number = 0;
  for await (const record of records) {
    if (record.type === 'audit_record') number = record.number;
    yield record;
  }
  yield { type: 'audit_record', number: number + 1, ...audit };
}

// eslint-disable-next-line @typescript-eslint/require-await -- what follows asks each of two for the next one
async function* asynchronous<T>(values: Iterable<T>): AsyncGenerator<T, void, void> {
  yield* values;
}

/** Two sorted sequences as one. */
async function* merge(
  left: AsyncGenerator<ExportRecord, void, void>,
  right: AsyncGenerator<ExportRecord, void, void>,
): AsyncGenerator<ExportRecord, void, void> {
  try {
    let [a, b] = [await left.next(), await right.next()];
    while (a.done !== true || b.done !== true) {
      if (b.done === true || (a.done !== true && isBefore(a.value, b.value))) {
        if (a.done === true) return;
        yield a.value;
        a = await left.next();
      } else {
        yield b.value;
        b = await right.next();
      }
    }
  } finally {
    await left.return();
    await right.return();
  }
}

const isBefore = (a: ExportRecord, b: ExportRecord): boolean =>
  a.type === b.type
    ? compareKeys(sortKeyOf(a), sortKeyOf(b)) < 0
    : RECORD_TYPES.indexOf(a.type) < RECORD_TYPES.indexOf(b.type);
