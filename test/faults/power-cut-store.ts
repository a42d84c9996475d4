import assert from 'node:assert/strict';
import { openReads } from '../../server/storage/sqlite/queries.ts';
import type { Scope } from '../support/temp-dir.ts';
import { Ext4Disk } from './ext4-disk.ts';
import type { Counts, Fault, FaultOptions } from './fault.ts';
import { scoped } from './scoped.ts';
import { appendedIds, openStore, Talk } from './store-writer.ts';

interface Cut {
  readonly acked: number;
  readonly lost: number;
}

const COMMITS = [40, 400] as const;

/** One power cut below the store. `weaken`: the control, a connection that a mistake in one line would give. */
const cutOnce = async (disk: Ext4Disk, { random }: FaultOptions, weaken: boolean): Promise<Cut> => {
  const folder = `${disk.path}/${weaken ? 'normal' : 'full'}`;
  const talk = new Talk(random);
  const { db, store } = openStore(folder);
  if (weaken) db.pragma('synchronous = NORMAL');
  store.commit(talk.people());
  const acked: string[] = [];
  let conversationId: string | null = null;
  for (let n = random.between(...COMMITS); n > 0; n -= 1) {
    const batch = talk.batch(conversationId, acked.length);
    const outcomes = store.commit(batch);
    assert.ok(outcomes.every(({ ok }) => ok));
    acked.push(...appendedIds(batch));
    const [first] = outcomes;
    if (first?.ok === true && 'conversationId' in first.result) ({ conversationId } = first.result);
  }
  disk.cut();
  const late = store.commit(talk.batch(conversationId, acked.length));
  assert.ok(
    late.every((outcome) => !outcome.ok && outcome.fault.code === 'unavailable'),
    'acknowledged on a dead disk',
  );
  try {
    store.close();
  } catch {
    // Its last checkpoint finds no disk.
  }
  await disk.restore();
  return { acked: acked.length, lost: acked.length - survivors(folder, acked) };
};

/** How many are there still: a prefix, in a file that is whole. */
const survivors = (folder: string, acked: readonly string[]): number => {
  const { db, store } = openStore(folder);
  assert.deepEqual(db.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
  const queries = openReads(folder);
  const places = acked.map((id) => queries.messageLocation(id)?.seq ?? null);
  queries.close();
  store.close();
  const there = places.filter((seq) => seq !== null);
  assert.deepEqual(
    places.slice(0, there.length),
    there.map((_, i) => i + 1),
    'what is left is no prefix',
  );
  return there.length;
};

const powerCuts = (name: string, proves: string, small: number, full: number, weaken: boolean): Fault => ({
  name,
  proves,
  small,
  full,
  async run(_scope: Scope, options): Promise<Counts> {
    let [acked, lost, lossy] = [0, 0, 0];
    for (let n = 1; n <= options.rounds; n += 1) {
      const cut = await scoped((own) => cutOnce(Ext4Disk.make(own, 64), options, weaken));
      acked += cut.acked;
      lost += cut.lost;
      if (cut.lost > 0) lossy += 1;
      options.say(`${name} ${String(n)}: ${String(cut.acked)} acknowledged, ${String(cut.lost)} lost`);
    }
    if (weaken) assert.ok(lost > 0, 'the control lost nothing: this harness would not see a loss');
    else assert.equal(lost, 0, 'acknowledged messages were lost');
    return { cuts: options.rounds, acked, lost, 'cuts with a loss': lossy };
  },
});

export const powerCutStore = powerCuts(
  'power-cut-store',
  'P1 R-2 the store with synchronous=FULL',
  2,
  100,
  false,
);
export const powerCutControl = powerCuts(
  'power-cut-control',
  'R-2 control: synchronous=NORMAL must lose',
  1,
  20,
  true,
);
