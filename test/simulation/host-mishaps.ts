import { watchPresence } from './check-dead-host.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

type HostMishap = (world: World, host: SimHost) => void;

/** Hosts give one another up after 5 s. */
const shorterOrLonger = (world: World): number =>
  world.random.next() * world.random.pick([1_000, 4_000, 9_000]);

/** The process ends, and starts again. Some of those who were connected may be gone with it: a room without current. */
const kill: HostMishap = (world, host) => {
  const { random, scheduler } = world;
  const open = [...(host.server?.open ?? [])].map(({ server }) => server?.live.sessionId);
  const isDark = random.chance(0.5);
  watchPresence(world, host);
  host.crash();
  const backMs = 100 + shorterOrLonger(world);
  scheduler.after(
    backMs,
    () => {
      host.start();
    },
    world.life,
  );
  if (!isDark) return;
  for (const device of world.devices)
    if (open.includes(device.sessionId)) device.crashFor(() => 2 * shorterOrLonger(world));
};

const freeze: HostMishap = (world, host) => {
  host.freeze();
  const { server } = host;
  world.scheduler.after(
    1_000 + world.random.next() * world.random.pick([2_000, 8_000, 59_000]),
    () => {
      if (host.server === server) host.thaw();
    },
    world.life,
  );
};

const cutFromStore: HostMishap = (world, host) => {
  host.cutFromStore(true);
  world.scheduler.after(
    shorterOrLonger(world),
    () => {
      host.cutFromStore(false);
    },
    world.life,
  );
};

const cutFromBroker: HostMishap = (world, host) => {
  world.broker.cut(host);
  world.scheduler.after(
    shorterOrLonger(world),
    () => {
      world.broker.heal(host);
    },
    world.life,
  );
};

const cutFromBoth: HostMishap = (world, host) => {
  cutFromStore(world, host);
  cutFromBroker(world, host);
};

const brokerAway: HostMishap = (world) => {
  for (const host of world.hosts) world.broker.cut(host);
  world.scheduler.after(
    shorterOrLonger(world),
    () => {
      for (const host of world.hosts) world.broker.heal(host);
    },
    world.life,
  );
};

const CHOICES: readonly HostMishap[] = [
  ...[kill, kill, kill, freeze, freeze, freeze, cutFromStore, cutFromStore, cutFromBroker, cutFromBroker],
  ...[cutFromBoth, brokerAway],
];

export const failAtSomeHost = (world: World): void => {
  world.random.pick(CHOICES)(world, world.random.pick(world.hosts));
};

export const endHostMishaps = (world: World): void => {
  for (const host of world.hosts) {
    host.thaw();
    host.cutFromStore(false);
    world.broker.heal(host);
  }
};

/** Some devices are switched off for good. */
export const switchSomeOff = (world: World): void => {
  const { cluster } = world.plan;
  if (cluster === null) return;
  for (const device of world.devices) {
    if (!world.random.chance(cluster.leaves)) continue;
    device.crash();
    device.isOff = true;
  }
};
