import type { ThreadName } from '../../server/runtime/address.ts';
import type { Device } from './device.ts';
import { endHostMishaps, switchSomeOff } from './host-mishaps.ts';
import { EPOCH } from './scheduler.ts';
import type { World } from './world.ts';

type Mishap = (world: World) => void;

const cutLine: Mishap = (world) => {
  const { random } = world;
  const open = world.devices.filter((device) => device.connection?.isOpen === true);
  if (open.length === 0) return;
  const device = random.pick(open);
  world.trace.note(`${device.name} is cut off`);
  const hears = (): number => random.next() * random.pick([5, 500, 4_000]);
  device.connection?.cut(hears(), random.chance(0.1) ? 70_000 : hears());
};

const slowReader: Mishap = (world) => {
  const { random, scheduler } = world;
  const open = world.devices.filter((device) => device.connection?.isOpen === true);
  if (open.length === 0) return;
  const { connection, name } = random.pick(open);
  world.trace.note(`${name} reads slowly`);
  connection?.slow(random.pick([1, 60, 300, 1_500]));
  scheduler.after(random.next() * 3_000, () => connection?.slow(0), world.life);
};

/** This device crashes now, and is started again some time later. */
export const crash = (world: World, device: Device): void => {
  const { random } = world;
  device.crashFor(() => random.next() * random.pick([50, 3_000]));
};

const crashDevice: Mishap = (world) => {
  crash(world, world.random.pick(world.devices));
};

const noticed = (world: World): number =>
  world.random.chance(0.8) ? world.random.next() * 30 : world.random.next() * 2_000;

const killShard: Mishap = (world) => {
  const name: ThreadName = `shard:${world.random.between(0, world.plan.shards - 1)}`;
  world.anyHost().server?.threads.kill(name, noticed(world));
};

const killWriter: Mishap = (world) => {
  const when = world.random.pick(['now', 'before', 'after', 'after'] as const);
  const host = world.anyHost();
  if (when === 'now') host.server?.threads.kill('writer', noticed(world));
  else host.weather.crash = when;
};

/** There is one store, and it has one disk. */
const setDiskFull = (world: World, isFull: boolean): void => {
  for (const host of world.hosts) {
    host.weather.diskFull = isFull;
    host.troubled();
  }
};

const fillDisk: Mishap = (world) => {
  const { random, scheduler } = world;
  setDiskFull(world, true);
  world.trace.note('disk is full');
  scheduler.after(
    random.next() * 1_500,
    () => {
      setDiskFull(world, false);
      world.trace.note('disk has room');
    },
    world.life,
  );
};

const crashServer: Mishap = (world) => {
  const { random, scheduler } = world;
  const host = world.anyHost();
  host.crash();
  scheduler.after(
    random.between(100, 2_000),
    () => {
      host.start();
    },
    world.life,
  );
};

/** Some devices, or all, are on the other side of a broken network; each end of a connection hears of it when it does. */
const partition: Mishap = (world) => {
  const { random, scheduler } = world;
  const all = random.chance(0.5);
  const away = world.devices.filter(() => all || random.chance(0.5));
  world.trace.note(`out of reach: ${away.map(({ name }) => name).join(' ')}`);
  const hears = (): number => random.next() * (random.chance(0.1) ? 70_000 : 500);
  for (const device of away) {
    world.cutOff.add(device);
    if (device.connection?.isOpen === true) device.connection.cut(hears(), hears());
  }
  scheduler.after(
    random.next() * 2_000,
    () => {
      for (const device of away) world.cutOff.delete(device);
    },
    world.life,
  );
};

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** Somebody, or a time server, sets a wall clock: back and forth, ten years on, or to 1970. */
const setClock: Mishap = (world) => {
  const { random, trace, plan } = world;
  const skewMs = random.pick([0, -SECOND_MS, SECOND_MS, -HOUR_MS, HOUR_MS, 10 * YEAR_MS, 1 - EPOCH]);
  // Hosts that share a store go by its clock.
  const device = random.chance(0.5) || plan.cluster !== null ? random.pick(world.devices) : null;
  trace.note(`the clock of ${device?.name ?? 'the server'} is off by ${String(skewMs)}`);
  if (device === null) world.skewMs = skewMs;
  else device.skewMs = skewMs;
};

const CHOICES: readonly Mishap[] = [
  ...[cutLine, cutLine, cutLine, slowReader, slowReader, crashDevice, crashDevice, crashDevice],
  ...[killShard, killShard, killWriter, killWriter, killWriter, fillDisk, crashServer, partition],
  ...[partition, setClock, setClock],
];

export const failSomehow = (world: World): void => {
  world.random.pick(CHOICES)(world);
};

/** The end of all mishaps: what is needed for everything to come to rest. */
export const calm = (world: World): void => {
  setDiskFull(world, false);
  for (const { weather } of world.hosts) weather.crash = null;
  world.cutOff.clear();
  world.calm = true;
  endHostMishaps(world);
  world.startHosts();
  switchSomeOff(world);
  for (const device of world.devices) {
    device.connection?.slow(0);
    device.start();
    device.act((account) => {
      account.sync.link.nudge();
    });
  }
};

/** What a person does who is shown that something failed. */
export const pressRetry = (world: World): void => {
  for (const device of world.devices)
    device.act((account) => {
      if (account.sync.listProblem.get() !== null) account.sync.retryList();
      for (const [conversationId, { problem }] of account.history.loading.get())
        if (problem !== null) void account.history.reload(conversationId);
    });
};
