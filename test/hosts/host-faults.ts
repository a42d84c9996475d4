import { pause, within } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { seconds, type Blow, type Fault } from './fault.ts';
import { canSkew } from './parley-host.ts';

const RESTART_AFTER_MS = [0, 1_500] as const;
/** Mostly short; longer than a host may be silent; long. */
const FROZEN_MS: readonly { readonly share: number; readonly ms: readonly [number, number] }[] = [
  { share: 0.72, ms: [300, 4_000] },
  { share: 0.97, ms: [6_500, 9_000] },
  { share: 1, ms: [15_000, 60_000] },
];
/** From here on the other hosts must give a silent one up before it is back. */
const GIVEN_UP_MS = 6_500;
const SKEW_S = 3_600;
/** Every 10 s a host compares its clock with the database's. */
const NOTICED_MS = 13_000;
/** A setting must be changed: EX_CONFIG. */
const REFUSED = 78;
const DRAINED_MS = 10_000;
const READY_MS = 20_000;

/** Its users are offline in time, also when it is started again meanwhile. */
const killHost: Fault = {
  name: 'kill-host',
  part: 'host',
  async strike({ scene, random, host, other, isAlone, note }) {
    const awayMs = random.between(...RESTART_AFTER_MS);
    const isWatched = isAlone && random.chance(0.5);
    note(`${host.name} killed, away for ${seconds(awayMs)}${isWatched ? ', its user watched' : ''}`);
    const restart = async (): Promise<void> => {
      await pause(awayMs);
      await host.restart();
    };
    if (!isWatched) {
      await host.kill();
      await restart();
      return;
    }
    let restarted: Promise<void> = Promise.resolve();
    await scene.lone.watch(host, other, async () => {
      await host.kill();
      restarted = restart();
    });
    await restarted;
  },
};

const drawFrozenMs = ({ random }: Blow): number => {
  const at = random.next();
  const [low, high] = FROZEN_MS.find(({ share }) => at < share)?.ms ?? [1_000, 1_000];
  return random.between(low, high);
};

const freezeHost: Fault = {
  name: 'freeze-host',
  part: 'host',
  async strike(blow) {
    const { scene, host, other, isAlone, note } = blow;
    const ms = drawFrozenMs(blow);
    const isWatched = isAlone && ms >= GIVEN_UP_MS;
    note(`${host.name} frozen for ${seconds(ms)}${isWatched ? ', its user watched' : ''}`);
    let frozen: Promise<void> = Promise.resolve();
    const fail = (): void => {
      host.freeze();
      frozen = pause(ms).then(() => {
        host.thaw();
      });
    };
    if (isWatched) await scene.lone.watch(host, other, fail);
    else fail();
    await frozen;
  },
};

const skewsOf = ({ random }: Blow): number => random.pick([-SKEW_S, SKEW_S]);
const cantSkew: Fault['cantRun'] = () => (canSkew ? null : 'faketime is not installed');

/** Its clock is an hour off when it starts: it must not. */
const skewedStart: Fault = {
  name: 'skewed-start',
  part: 'host',
  cantRun: cantSkew,
  async strike(blow) {
    const { scene, host, isAlone, note } = blow;
    const seconds = skewsOf(blow);
    note(`${host.name} started with a clock ${String(seconds)} s off`);
    const { code } = await host.startSkewed(seconds);
    // Where the database is away too, it may end for that reason.
    if (code !== REFUSED && isAlone)
      scene.observations.violate(`${host.name} ended with ${String(code)} when its clock was wrong`);
    await host.restart();
  },
};

/** Its clock is set an hour off while it runs: it must say that it is not ready, do no harm, and go on once the clock is right. */
const clockJump: Fault = {
  name: 'clock-jump',
  part: 'host',
  cantRun: cantSkew,
  async strike(blow) {
    const { scene, host, isAlone, note } = blow;
    const seconds = skewsOf(blow);
    note(`the clock of ${host.name} set ${String(seconds)} s off for a while`);
    await host.restartWithOwnClock();
    host.moveClock(seconds);
    const isOff = async (): Promise<boolean> => {
      const readiness = await host.readiness();
      return readiness?.status === 503 && readiness.checks['clock'] === 'off';
    };
    const noticed = eventually('a wrong clock to be noticed', isOff, NOTICED_MS + scene.slowness.allowanceMs);
    await noticed.catch((error: unknown) => {
      if (isAlone) scene.observations.violate(`${host.name}: ${String(error)}`);
    });
    host.moveClock(0);
  },
};

/** One host after the other, as with a new version. */
const rollingRestart: Fault = {
  name: 'rolling-restart',
  part: 'all',
  async strike({ scene, note }) {
    note('all hosts stopped and started, one after the other');
    for (const host of scene.cluster.hosts) {
      const { code, signal } = await within(
        DRAINED_MS + scene.slowness.allowanceMs,
        `${host.name} to stop`,
        host.kill('SIGTERM'),
      );
      if (code !== 0)
        scene.observations.violate(`${host.name} ended with ${String(code ?? signal)} when it was stopped`);
      await host.restart();
      await host.untilReady(READY_MS + scene.slowness.allowanceMs);
    }
  },
};

export const HOST_FAULTS: readonly Fault[] = [killHost, freezeHost, skewedStart, clockJump, rollingRestart];
