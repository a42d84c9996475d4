import type { Tx, WriteStatements } from '../transactions.ts';
import { Conversations } from './conversations.ts';
import { EventLog } from './log.ts';
import { Users } from './users.ts';

/** The rows that the writer keeps in memory, because it alone changes them. */
export class WriteCache {
  readonly users: Users;
  readonly conversations: Conversations;
  readonly log: EventLog;

  constructor(db: WriteStatements) {
    this.users = new Users(db);
    this.conversations = new Conversations(db);
    this.log = new EventLog(db);
  }

  /** Writes what changed in memory to the tables: before COMMIT, and before a query reads them in the same transaction. */
  flush(tx: Tx): void {
    this.conversations.flush(tx);
    this.log.flush(tx);
  }

  /** Bounds the memory, between transactions. */
  trim(): void {
    this.conversations.trim();
    this.log.trim();
  }

  /** After a rollback, because what was read or changed in the transaction may not be so. */
  forget(): void {
    this.users.forget();
    this.conversations.forget();
    this.log.forget();
  }
}
