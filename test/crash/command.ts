import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { attachmentRounds } from './attachment-rounds.ts';
import { backupRounds } from './backup-rounds.ts';
import { underAck, underSend } from './blow.ts';
import { underCheckpoint } from './blow-at-checkpoint.ts';
import { underDeletion } from './blow-at-deletion.ts';
import { seededRandom } from '../support/random-source.ts';
import type { Scope } from '../support/temp-dir.ts';
import { postgresRounds } from './postgres-rounds.ts';
import { crashRounds } from './rounds.ts';

/** `npm run test:crash -- --rounds N --seed S --pairs P --shards K`: the kill test of the system tests for longer. With
 *  `--store postgres` on PostgreSQL, with pairs and shards as `test:faults` has them. With `--backup` a backup is made in each round, proven,
 *  restored and compared, on either store. With `--attachments` files are uploaded and sent meanwhile, on either store. */
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    rounds: { type: 'string', default: '100' },
    pairs: { type: 'string', default: '4' },
    shards: { type: 'string', default: '1' },
    seed: { type: 'string' },
    store: { type: 'string', default: 'sqlite' },
    backup: { type: 'boolean', default: false },
    attachments: { type: 'boolean', default: false },
  },
});

const onSqlite = (scope: Scope): Promise<object> =>
  crashRounds(scope, {
    rounds: Number(values.rounds),
    pairs: Number(values.pairs),
    killAfterMs: [5, 750],
    // A thousand rounds take more than an hour.
    settings: { PARLEY_SHARDS: values.shards, PARLEY_ACCESS_TTL_S: '86400' },
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
    say: console.log,
    blows: [underSend, underAck, underCheckpoint, underDeletion()],
  });
const random = () => seededRandom(values.seed === undefined ? undefined : Number(values.seed), console.log);
const onPostgres = (scope: Scope): Promise<object> =>
  postgresRounds(scope, {
    struck: 'parley',
    rounds: Number(values.rounds),
    random: random(),
    say: console.log,
  });
const withBackups = (scope: Scope): Promise<object> =>
  backupRounds(scope, {
    store: values.store === 'postgres' ? 'postgres' : 'sqlite',
    rounds: Number(values.rounds),
    random: random(),
    say: console.log,
  });
const withAttachments = (scope: Scope): Promise<object> =>
  attachmentRounds(scope, {
    store: values.store === 'postgres' ? 'postgres' : 'sqlite',
    rounds: Number(values.rounds),
    random: random(),
    say: console.log,
  });
const programme = () => {
  if (values.attachments) return withAttachments;
  if (values.backup) return withBackups;
  return values.store === 'postgres' ? onPostgres : onSqlite;
};

const disposals: (() => void | Promise<void>)[] = [];
try {
  const scope: Scope = { after: (dispose) => disposals.push(dispose) };
  const counts = await programme()(scope);
  console.log(`nothing acknowledged was lost, doubled or moved: ${JSON.stringify(counts)}`);
} finally {
  for (const dispose of disposals) await dispose();
}
