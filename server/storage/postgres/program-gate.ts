import type { Fault } from '../../runtime/envelope.ts';
import type { WriteMessage } from '../writes.ts';
import { statement, type Database, type Sql } from './sql.ts';

const IS_OPEN = statement<[boolean]>('is_program_gate_open', 'SELECT oldest_program >= $1 FROM meta');
// Hosts register under a share lock of this row: none appears between the two questions.
const LOCK_META = statement<[boolean]>(
  'lock_program_gate',
  'SELECT oldest_program >= $1 FROM meta FOR UPDATE',
);
const OLDER_HOST = statement<[name: string, version: string]>(
  'older_host',
  'SELECT name, version FROM hosts WHERE gone_at IS NULL AND knows_schema < $1 LIMIT 1',
);
const RAISE = statement(
  'raise_oldest_program',
  'UPDATE meta SET oldest_program = $1 WHERE oldest_program < $1',
);

/** The schema that a program must know to read the logs and tables after this write; 0 if every program with PostgreSQL can. */
const schemaNeeded = ({ type, input }: WriteMessage): number => {
  switch (type) {
    case 'appendMessage':
      return 'attachments' in input ? 12 : 0;
    case 'removeMessages':
      return 5;
    case 'setReaction':
      return 7;
    case 'changeProfile':
    case 'setAvatar':
      return 8;
    case 'changeSettings':
    case 'setBlock':
      return 9;
    case 'addAttachment':
      return 12;
    default:
      return 0;
  }
};

export interface OlderHost {
  readonly name: string;
  readonly version: string;
}

/** Why a write waits until all hosts have been replaced. */
export const HOSTS_ARE_REPLACED: Fault = {
  code: 'unavailable',
  detail: 'This server is being upgraded. Try again in a few minutes.',
  retryAfterS: 30,
};

/** Lets writes through that older programs cannot read, once no host runs such a program any more, and keeps such programs from starting
 *  from then on. So hosts can be replaced one by one: what is new begins when the last old one is gone. One for each writer. */
export class ProgramGate {
  readonly #database: Pick<Database, 'transaction' | 'query'>;
  /** Where this writer knows the gate to stand. It never goes back. */
  #open = 0;

  constructor(database: Pick<Database, 'transaction' | 'query'>) {
    this.#database = database;
  }

  /** Whether this write needs a look into the database before it may be applied. */
  isShutFor(write: WriteMessage): boolean {
    return schemaNeeded(write) > this.#open;
  }

  /** Opens the gate for these writes, if it can be opened. Null if it is open for all of them; else a host that is in the way of some, for
   *  which `isShutFor` still holds. @throws DatabaseError */
  async openFor(writes: readonly WriteMessage[]): Promise<OlderHost | null> {
    const needed = [...new Set(writes.map(schemaNeeded))].sort((a, b) => a - b);
    for (const schema of needed.filter((each) => each > this.#open)) {
      const older = await this.#openTo(schema);
      if (older !== null) return older;
      this.#open = schema;
    }
    return null;
  }

  async #openTo(schema: number): Promise<OlderHost | null> {
    const [[isOpen] = [false]] = await this.#database.query(IS_OPEN, [schema]);
    return isOpen ? null : this.#database.transaction((sql) => raise(sql, schema));
  }
}

const raise = async (sql: Sql, schema: number): Promise<OlderHost | null> => {
  const [[isOpen] = [false]] = await sql.query(LOCK_META, [schema]);
  if (isOpen) return null;
  const [older] = await sql.query(OLDER_HOST, [schema]);
  if (older !== undefined) return { name: older[0], version: older[1] };
  await sql.run(RAISE, [schema]);
  return null;
};
