import type { ExportRecord, ExportRecords, RecordType } from '../../transfer/export-record.ts';
import { TransferError } from '../../transfer/transfer-error.ts';
import { statement, type Sql } from '../sql.ts';
import { derive } from './derived-rows.ts';
import { HASH_INDEX } from './attachment-records.ts';
import { insertAll, insertsOf, type BulkInsert } from './insert-records.ts';

/** Records of one statement, and the code units of text after which it is sent anyway. */
const BATCH = { records: 1_000, units: 1_000_000 };

/** Whoever else would fill this database waits until this is over, and then finds it in use. */
const LOCK = statement('', 'LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
const NO_LIMIT = statement('', 'SET LOCAL idle_in_transaction_session_timeout = 0');
const IN_USE = statement<[boolean]>(
  '',
  `SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM reserved_names) OR EXISTS (SELECT FROM invites)
    OR EXISTS (SELECT FROM audit_records) OR EXISTS (SELECT FROM signups) OR EXISTS (SELECT FROM login_failures)`,
);

/** Fills an empty database, in a transaction of the caller. The records were checked where they come from; a wrong one makes a
 *  statement fail. @throws TransferError `target`, DatabaseError */
export const writeRecords = async (sql: Sql, records: ExportRecords, history: string): Promise<void> => {
  await sql.run(NO_LIMIT);
  await sql.run(LOCK);
  const [[isUsed] = [true]] = await sql.query(IN_USE);
  if (isUsed)
    throw new TransferError(
      'target',
      'The database holds users or other data of Parley already. An import never replaces data: create an empty database.',
    );
  const inserts = insertsOf();
  let batch: ExportRecord[] = [];
  let units = 0;
  let isIndexed = false;
  const flush = async (): Promise<void> => {
    const [first] = batch;
    if (first === undefined) return;
    await insertAll(sql, inserts[first.type] as BulkInsert<RecordType>, batch);
    batch = [];
    units = 0;
  };
  for await (const record of records) {
    const isFull = batch.length === BATCH.records || units > BATCH.units;
    if (isFull || batch[0]?.type !== record.type) await flush();
    if (record.type === 'attachment_bytes' && !isIndexed) {
      await sql.run(HASH_INDEX.make);
      isIndexed = true;
    }
    batch.push(record);
    if (record.type === 'message') units += record.content.length;
    if (record.type === 'avatar' || record.type === 'attachment_bytes') units += record.bytes.length;
  }
  await flush();
  await sql.run(HASH_INDEX.drop);
  await derive(sql, history);
};
