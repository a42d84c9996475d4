import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { databasePath } from '../../server/storage/sqlite/open.ts';
import { twoPeople } from '../support/chat-client.ts';
import { Ledger } from '../support/ledger.ts';
import { commandAnswer } from '../support/operator-command.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CrashClient } from '../crash/client.ts';
import type { Fault, FaultOptions } from './fault.ts';
import { scoped } from './scoped.ts';
import { moreAcks } from './under-load.ts';

interface Made {
  readonly longest_step_ms: number;
  readonly counts: { readonly messages: number };
}

/** Where each message of a database stands. */
const messagesIn = (dataDir: string): ReadonlyMap<string, { conversation: string; seq: number }> => {
  const db = new Database(databasePath(dataDir), { readonly: true });
  const uuid = (column: string): string =>
    `lower(substr(hex(${column}),1,8)||'-'||substr(hex(${column}),9,4)||'-'||substr(hex(${column}),13,4)||'-'||
     substr(hex(${column}),17,4)||'-'||substr(hex(${column}),21))`;
  try {
    const rows = db
      .prepare<[], { id: string; conversation: string; seq: number }>(
        `SELECT ${uuid('m.id')} AS id, ${uuid('c.id')} AS conversation, m.seq
         FROM messages m JOIN conversations c ON c.row = m.conversation`,
      )
      .all();
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    return new Map(rows.map(({ id, ...place }) => [id, place]));
  } finally {
    db.close();
  }
};

/** A backup while people write, a kill at any moment after it was begun, and a restore. Returns what was acknowledged before the
 *  backup began, and the longest step of the copying. */
const once = async ({ random }: FaultOptions): Promise<{ acked: number; longestStepMs: number }> =>
  scoped(async (scope) => {
    const server = await ServerProcess.start(scope);
    const ledger = new Ledger(join(tempDir(scope), 'ledger.jsonl'));
    scope.after(() => {
      ledger.close();
    });
    const pairs = [
      await twoPeople(scope, server),
      await twoPeople(scope, server),
      await twoPeople(scope, server),
    ];
    const clients = pairs.flatMap(([a, b]) => [
      new CrashClient(a, b, ledger, random.fork()),
      new CrashClient(b, a, ledger, random.fork()),
    ]);
    await Promise.all(clients.map((client) => client.start(true)));
    await moreAcks(clients, random.between(20, 100));
    const { acked } = ledger.read();
    const file = join(tempDir(scope), 'backup.tar');
    const made = await commandAnswer<Made>(server.dataDir, ['backup', file]);
    await server.kill('SIGKILL');
    const restored = join(tempDir(scope), 'restored');
    await commandAnswer(server.dataDir, ['restore', file, '--to', restored]);
    const stored = messagesIn(restored);
    assert.equal(stored.size, made.counts.messages);
    for (const [id, { conversationId, seq }] of acked)
      assert.deepEqual(stored.get(id), { conversation: conversationId, seq }, `message ${id}`);
    for (const client of clients) client.stopFeeding();
    return { acked: acked.size, longestStepMs: made.longest_step_ms };
  });

export const backups: Fault = {
  name: 'backups',
  proves: 'P11 R-14 every message acknowledged before a backup began is in what is restored',
  sample: 1,
  small: 3,
  full: 100,
  async run(_scope, options) {
    let acked = 0;
    let longest = 0;
    for (let n = 0; n < options.rounds; n += 1) {
      const round = await once(options);
      acked += round.acked;
      longest = Math.max(longest, round.longestStepMs);
    }
    return { backups: options.rounds, acked, lost: 0, 'longest step ms': Math.round(longest * 10) / 10 };
  },
};
