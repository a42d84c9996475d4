import type { ThreadName } from '../../server/runtime/envelope.ts';
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

const crashDevice: Mishap = (world) => {
  const { random, scheduler } = world;
  const device = random.pick(world.devices);
  device.crash();
  scheduler.after(
    random.next() * random.pick([50, 3_000]),
    () => {
      device.start();
    },
    world.life,
  );
};

const noticed = (world: World): number =>
  world.random.chance(0.8) ? world.random.next() * 30 : world.random.next() * 2_000;

const killShard: Mishap = (world) => {
  const name: ThreadName = `shard:${world.random.between(0, world.plan.shards - 1)}`;
  world.server?.threads.kill(name, noticed(world));
};

const killWriter: Mishap = (world) => {
  const { random, weather } = world;
  const when = random.pick(['now', 'before', 'after', 'after'] as const);
  if (when === 'now') world.server?.threads.kill('writer', noticed(world));
  else weather.crash = when;
};

const fillDisk: Mishap = (world) => {
  const { random, scheduler, weather } = world;
  weather.diskFull = true;
  world.trace.note('disk is full');
  scheduler.after(
    random.next() * 1_500,
    () => {
      weather.diskFull = false;
      world.trace.note('disk has room');
    },
    world.life,
  );
};

const crashServer: Mishap = (world) => {
  const { random, scheduler } = world;
  world.crashServer();
  scheduler.after(
    random.between(100, 2_000),
    () => {
      world.startServer();
    },
    world.life,
  );
};

const partition: Mishap = (world) => {
  const { random, scheduler } = world;
  world.netUp = false;
  for (const { connection } of world.devices)
    if (connection?.isOpen === true) connection.cut(random.next() * 500, random.next() * 500);
  scheduler.after(
    random.next() * 2_000,
    () => {
      world.netUp = true;
    },
    world.life,
  );
};

const CHOICES: readonly Mishap[] = [
  ...[cutLine, cutLine, cutLine, slowReader, slowReader, crashDevice, crashDevice, crashDevice],
  ...[killShard, killShard, killWriter, killWriter, killWriter, fillDisk, crashServer, partition],
];

export const failSomehow = (world: World): void => {
  world.random.pick(CHOICES)(world);
};

/** The end of all mishaps: what is needed for everything to come to rest. */
export const calm = (world: World): void => {
  world.weather.diskFull = false;
  world.weather.crash = null;
  world.netUp = true;
  world.calm = true;
  world.startServer();
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
      for (const [chatId, { problem }] of account.history.loading.get())
        if (problem !== null) void account.history.reload(chatId);
    });
};
