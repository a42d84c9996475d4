import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

const OFFLINE_WITHIN_MS = 6_000;
/** Questions between threads and to the store until then, each way. */
const HOPS = 12;
const SLOWEST_HOP = 40;
/** Others may still be settling what failed before. */
const CALM_BEFORE_MS = 10_000;

/** I6: people who were connected at a host that dies, and come back nowhere, are offline within 6 s, if another host is well. To be
 *  called right before. */
export const watchPresence = (world: World, dying: SimHost): void => {
  const { scheduler, plan } = world;
  const diedAt = scheduler.now;
  const { server } = dying;
  const users = new Set([...(server?.open ?? [])].map((connection) => connection.server?.live.userId ?? ''));
  scheduler.after(
    OFFLINE_WITHIN_MS + HOPS * SLOWEST_HOP * plan.hopMs,
    () => {
      const others = world.hosts.filter((host) => host !== dying);
      const areWell = others.every(
        ({ isWell, troubledAt }) => isWell && troubledAt < Math.max(1, diedAt - CALM_BEFORE_MS),
      );
      if (others.length === 0 || !areWell || plan.cluster?.answersLost !== 0) return;
      for (const userId of users) {
        const seen = world.seen.get(userId);
        const isElsewhere = seen?.server !== server && (seen?.at ?? 0) > diedAt - OFFLINE_WITHIN_MS;
        if (isElsewhere || world.hosts.some((host) => host.server?.isConnected(userId) === true)) continue;
        if (world.ledger.deleted.has(userId)) continue;
        const [presence] = world.reads.presenceOf([userId]);
        world.trace.note(`${userId} is ${String(presence?.status)} after the death of a host`);
        if (presence?.status === 'online')
          world.broken('I6', `${userId} is online long after their host died`);
      }
    },
    world.life,
  );
};
