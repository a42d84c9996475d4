import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { underAck, underSend } from './blow.ts';
import { underCheckpoint } from './blow-at-checkpoint.ts';
import { underDeletion } from './blow-at-deletion.ts';
import { crashRounds } from './crash-rounds.ts';

/** `npm run test:crash -- --rounds N --seed S --pairs P --shards K`: the kill test of the system tests for longer. */
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    rounds: { type: 'string', default: '100' },
    pairs: { type: 'string', default: '4' },
    shards: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

const disposals: (() => void | Promise<void>)[] = [];
try {
  const counts = await crashRounds(
    { after: (dispose) => disposals.push(dispose) },
    {
      rounds: Number(values.rounds),
      pairs: Number(values.pairs),
      killAfterMs: [5, 750],
      // A thousand rounds take more than an hour.
      settings: { PARLEY_SHARDS: values.shards, PARLEY_ACCESS_TTL_S: '86400' },
      ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
      say: console.log,
      blows: [underSend, underAck, underCheckpoint, underDeletion()],
    },
  );
  console.log(`nothing acknowledged was lost, doubled or moved: ${JSON.stringify(counts)}`);
} finally {
  for (const dispose of disposals) await dispose();
}
