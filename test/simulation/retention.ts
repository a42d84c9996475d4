import type { RandomSource } from '../support/random-source.ts';
import type { Reads } from '../../server/storage/reads.ts';
import type { SimServer } from './edge.ts';
import type { World } from './world.ts';

type Page = ReturnType<Reads['expiredMessages']>;

/** When devices, with nothing failing any more, begin anew: they learn of a removal with a new connection. [C8] */
const RECONNECT_AFTER_MS = 1_500;

/** Runs of retention at random moments, as `runRetention` makes them, without its archive: in steps, each of which may fail or lose its
 *  answer, and any of which may be the last one. */
export const retainInBetween = (world: World, random: RandomSource): void => {
  for (let runs = random.between(1, 4); runs > 0; runs -= 1)
    world.scheduler.after(
      random.next() * world.plan.spanMs,
      () => {
        const { server } = world.anyHost();
        server?.reach(() => {
          retain(world, random, server).catch(() => {
            world.trace.note('retention is broken off');
          });
        });
      },
      world.life,
    );
};

/** May have become true since it was asked last. */
const isCalm = ({ calm }: World): boolean => calm;

const retain = async (world: World, random: RandomSource, { deps }: SimServer): Promise<void> => {
  const { plan, trace, ids } = world;
  const run = ids.next();
  // Mostly a part of what there is, sometimes all of it.
  const before = deps.clock.now() + 1 - Math.round(random.chance(0.3) ? 0 : random.next() * plan.spanMs);
  const started = await deps.write('startRetention', { run, file: `${run}.jsonl`, everyMs: 0 });
  if (started.kind !== 'started') {
    trace.note(`retention is ${started.kind}`);
    return;
  }
  let [bytes, removed] = [started.bytes, 0];
  for (let after: string | null = null; ;) {
    const page: Page = await deps.read('expiredMessages', { before, after, limit: random.between(1, 5) });
    // A server that stops breaks a run off.
    if (isCalm(world)) return;
    if (page.messages.length > 0) {
      const messageIds = page.messages.map(({ id }) => id);
      bytes += messageIds.length;
      const input = { run, ids: messageIds, file: started.file, bytes };
      const { kind } = await deps.write('removeMessages', input);
      trace.note(`retention: ${kind} ${String(messageIds.length)}`);
      // It was with the writer when the last failure was over, and the devices may be back already.
      if (isCalm(world)) reconnectAll(world);
      if (kind === 'lost') return;
      removed += messageIds.length;
    }
    if (page.next === null) break;
    after = page.next;
    await new Promise<void>((resolve) => deps.clock.after(random.next() * 40, resolve));
  }
  await deps.write('endRetention', { run, removed, before, audit: null });
};

/** Makes every device connect anew. */
export const reconnectAll = (world: World): void => {
  world.scheduler.after(
    RECONNECT_AFTER_MS,
    () => {
      for (const device of world.devices) device.connection?.cut(0, 0);
    },
    world.life,
  );
};
