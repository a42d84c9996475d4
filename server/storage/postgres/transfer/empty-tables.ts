import { POSTGRES_EXPORT } from '../../transfer/export-policy.ts';
import { statement, type Sql } from '../sql.ts';

/** About the database itself, the hosts that used it, and the runs of retention: all stay. A test sees to it that the policy names all tables. */
const STAYING: readonly string[] = ['meta', 'hosts', 'retention'];

const EMPTY = statement(
  '',
  `TRUNCATE ${Object.keys(POSTGRES_EXPORT)
    .filter((table) => !STAYING.includes(table))
    .join(', ')} RESTART IDENTITY`,
);
const LOCK = statement('', 'LOCK TABLE meta, users IN ACCESS EXCLUSIVE MODE');

/** Keeps servers from starting, reading and writing until the transaction ends. */
export const lockTables = async (sql: Sql): Promise<void> => {
  await sql.run(LOCK);
};

/** Removes all that an export holds, and what follows from it, in the transaction of the caller. */
export const emptyTables = async (sql: Sql): Promise<void> => {
  await sql.run(EMPTY);
};
