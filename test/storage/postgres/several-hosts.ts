import assert from 'node:assert/strict';
import { systemClock } from '../../../server/runtime/clock.ts';
import { BatchCommit } from '../../../server/storage/postgres/batch/batch-commit.ts';
import { isBatched, type BatchedWrite } from '../../../server/storage/postgres/batch/batched-write.ts';
import { openDatabase } from '../../../server/storage/postgres/database.ts';
import { statement, type Database } from '../../../server/storage/postgres/sql.ts';
import type { AccountWriteMessage } from '../../../server/storage/postgres/writes/account-write.ts';
import { applyAccountWrite } from '../../../server/storage/postgres/writes/apply-account-write.ts';
import type { LoggedEvent } from '../../../server/storage/logged-event.ts';
import type { WriteOutcome } from '../../../server/storage/outcome.ts';
import type { WriteMessage, WriteName, Writes } from '../../../server/storage/writes.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { freshDatabase, optionsOf } from '../../support/postgres.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';
import type { Scope } from '../../support/temp-dir.ts';
import { settling } from '../settling.ts';

/** One of the programs that write to a database at the same moment, with connections of its own. */
interface WritingHost {
  readonly database: Database;
  readonly batches: BatchCommit;
}

export const hash = (text: string): Buffer => Buffer.from(text);

/** Hosts that share a database: each write goes to the next of them, and none waits for the one before unless the test does. */
export class SeveralHosts {
  readonly clock = new ManualClock();
  readonly ids = new SequenceIds();
  readonly #hosts: readonly WritingHost[];
  #next = 0;
  /** Transactions that were undone by a deadlock, and tried again. */
  retries = 0;
  /** Events that were announced. */
  readonly told: LoggedEvent[] = [];

  private constructor(scope: Scope, url: string, hosts: number, connections: number) {
    this.#hosts = Array.from({ length: hosts }, () => {
      const connection = optionsOf(url);
      const database = openDatabase({ connection, purpose: 'write', connections, clock: systemClock });
      scope.after(() => database.close());
      const counted = this.#counting(database);
      return { database: counted, batches: new BatchCommit(counted, { clock: this.clock }) };
    });
  }

  static async open(scope: Scope, { hosts = 2, connections = 4 } = {}): Promise<SeveralHosts> {
    return new SeveralHosts(scope, await freshDatabase(scope), hosts, connections);
  }

  get database(): Database {
    return this.#host().database;
  }

  async outcome(write: WriteMessage): Promise<WriteOutcome> {
    const host = this.#host();
    if (isBatched(write.type)) {
      const [outcome] = await host.batches.commit([write as BatchedWrite]);
      assert.ok(outcome !== undefined);
      return outcome;
    }
    return await applyAccountWrite(host.database, write as AccountWriteMessage, this.clock.now());
  }

  async do<W extends WriteName>(type: W, input: Writes[W]['in']): Promise<Writes[W]['out']> {
    const outcome = await this.outcome({ type, input } as WriteMessage);
    assert.ok(outcome.ok, `${type}: ${JSON.stringify(outcome)}`);
    this.told.push(...outcome.events);
    return outcome.result;
  }

  registration(username: string): Writes['registerUser']['in'] {
    const session = this.session();
    const id = this.ids.next();
    return { id, username, passwordHash: 'first', session, inviteHash: null, signups: null };
  }

  session(refresh = this.ids.next()) {
    const id = this.ids.next();
    return {
      ...{ id, refreshHash: hash(refresh), ttlMs: 86_400_000 },
      ...{ ipAddress: '192.0.2.1', userAgent: 'test' },
    };
  }

  async user(name: string): Promise<string> {
    const registration = this.registration(name);
    assert.equal((await this.do('registerUser', registration)).kind, 'registered');
    return registration.id;
  }

  /** Registers a host, or says that it lives. */
  async register(name = 'host', hostId = this.ids.next()): Promise<string> {
    await this.do('heartbeat', { hostId, registers: { name, version: '1' } });
    return hostId;
  }

  /** An attempt whose slot is not there any more. */
  settle(
    key: string,
    username: string,
    outcome: 'right' | 'wrong',
    windowMs?: number,
  ): Promise<Writes['settleLogin']['out']> {
    return this.do('settleLogin', settling(this.ids, key, username, outcome, windowMs));
  }

  /** What tables hold. */
  async rows<Row extends readonly unknown[]>(text: string): Promise<readonly Row[]> {
    return await this.database.query(statement<Row>('', text));
  }

  async change(text: string): Promise<void> {
    await this.database.transaction((sql) => sql.run(statement('', text)));
  }

  #host(): WritingHost {
    this.#next = (this.#next + 1) % this.#hosts.length;
    const host = this.#hosts[this.#next];
    assert.ok(host !== undefined);
    return host;
  }

  #counting(database: Database): Database {
    return {
      query: (asked, values) => database.query(asked, values),
      snapshot: (work) => database.snapshot(work),
      close: () => database.close(),
      transaction: (work) => {
        let calls = 0;
        return database.transaction((sql) => {
          this.retries += calls === 0 ? 0 : 1;
          calls += 1;
          return work(sql);
        });
      },
    };
  }
}

export const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

/** How often each kind of answer was given. */
export const kindsOf = (results: readonly { readonly kind: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of results) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
