import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { underAck, underSend } from '../crash/blow.ts';
import { underCheckpoint } from '../crash/blow-at-checkpoint.ts';
import { underDeletion } from '../crash/blow-at-deletion.ts';
import { crashRounds } from '../crash/rounds.ts';
import { scaled, testInExtended } from '../support/scale.ts';

/** In a sample each of the four kinds of kill comes once. */
const ROUNDS = scaled({ sample: 4, full: 20 });

test(`[P1][P2][P3][P4] ${ROUNDS} kills under load lose, double and reorder nothing that was acknowledged`, async (t) => {
  await crashRounds(t, {
    rounds: ROUNDS,
    pairs: 4,
    killAfterMs: [5, 450],
    settings: { PARLEY_SHARDS: '1' },
    blows: [underSend, underAck, underCheckpoint, underDeletion()],
    say: (line) => {
      t.diagnostic(line);
    },
  });
});

/** Changes what is stored behind the server's back. */
const change = (dataDir: string, sql: string): void => {
  const database = new Database(join(dataDir, DATABASE_FILE));
  try {
    database.pragma('foreign_keys = OFF');
    database.exec(sql);
  } finally {
    database.close();
  }
};

for (const [what, sql, expected] of [
  ['a lost message', 'DELETE FROM messages WHERE seq = 1', /a gap in seq|is not where it was|got 500/],
  ['a changed message', "UPDATE messages SET content = 'other' WHERE seq = 1", /other/],
] as const) {
  testInExtended(`the kill test would see ${what}`, async (t) => {
    const rounds = crashRounds(t, {
      rounds: 1,
      pairs: 1,
      killAfterMs: [400, 500],
      say: () => undefined,
      tamper: (dataDir) => {
        change(dataDir, sql);
      },
    });
    await assert.rejects(rounds, expected);
  });
}
