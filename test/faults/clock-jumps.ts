import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenPair } from '../../server/protocol/resources/account.ts';
import { ChatClient, expectStatus, freshName, PASSWORD, type Place } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import type { RandomSource } from '../support/random-source.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';
import { type Fault, NotRun } from './fault.ts';
import { scoped } from './scoped.ts';

const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);
const HOUR_S = 3_600;
const YEAR_S = 365 * 24 * HOUR_S;
const MONTH_S = 30 * 24 * HOUR_S;
/** Seconds off: an hour, a summer time, ten years, 1970, a leap day, a step that nobody notices. */
const offsets = (): readonly number[] => {
  const now = Date.now() / 1000;
  const leapDay = Date.UTC(2028, 1, 29, 23, 59, 58) / 1000;
  return [HOUR_S, -HOUR_S, 2 * HOUR_S, 10 * YEAR_S, 86_400 - now, leapDay - now, -2, 30].map(Math.round);
};

/** A server whose wall clock is set while it runs; the monotonic one stays what it is. */
class Skewed {
  readonly server: ServerProcess;
  readonly #file: string;

  private constructor(server: ServerProcess, file: string) {
    this.server = server;
    this.#file = file;
  }

  static async start(scope: Scope): Promise<Skewed> {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) throw new NotRun('no faketime: apt-get install faketime');
    const file = join(tempDir(scope), 'clock');
    writeFileSync(file, '+0');
    const server = await ServerProcess.start(scope, {
      PARLEY_SHARDS: '1',
      PARLEY_LOGIN_WINDOW_S: '900',
      PARLEY_TRUST_PROXY: '127.0.0.1',
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    });
    return new Skewed(server, file);
  }

  set(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? '' : '+'}${String(seconds)}`);
  }

  /** What the server takes the time for, seconds off ours. */
  async off(ada: ChatClient): Promise<number> {
    const socket = await ada.connect();
    const { payload } = await socket.next('welcome');
    socket.terminate();
    return (Date.parse(payload.server_time) - Date.now()) / 1000;
  }
}

const status = async (server: ServerProcess, token: string): Promise<number> =>
  (await http('GET', `${server.url}/users/me`, { token })).status;

/** A login from one of many addresses behind a proxy, so that what one round left behind concerns no other. */
const guess = async (place: Place, address: number, username: string, password: string): Promise<number> => {
  const headers = { 'x-forwarded-for': `198.51.100.${String(address)}` };
  return (await http('POST', `${place.url}/auth/login`, { body: { username, password }, headers })).status;
};

/** Messages go on in order, whatever the clock says, and a token lives no longer than its time by the clock. */
const jumpOnce = async (scope: Scope, skewed: Skewed, seconds: number): Promise<void> => {
  const { server } = skewed;
  skewed.set(0);
  const ada = await ChatClient.register(scope, server, freshName('ada'));
  const ben = await ChatClient.register(scope, server, freshName('ben'));
  const { socket } = await ada.online();
  const first = await say(socket, ben, 'before');
  const renewal = { body: { refresh_token: ada.refreshToken } };
  await ada.refresh();
  skewed.set(seconds);
  // A connection is not cut by a jump alone: it goes on until its token ends.
  const second = await say(socket, ben, 'after').catch(() => null);
  const expired = seconds >= HOUR_S;
  const found = await status(server, ada.accessToken);
  assert.equal(found, expired ? 401 : seconds < -60 ? 401 : 200, `a token of ${String(-seconds)} s ahead`);
  if (seconds < MONTH_S) {
    // The answer to a renewal of before the jump was lost: it is given again, however long ago that was.
    const again = await http('POST', `${server.url}/auth/refresh`, renewal);
    assert.equal(expectStatus(again, 200).json<TokenPair>().refresh_token, ada.refreshToken);
  }
  if (second === null) assert.ok(expired, 'the connection was cut');
  else assert.equal(second.payload.seq, first.payload.seq + 1);
  const there = await ChatClient.login(scope, server, ada.username);
  const off = await skewed.off(there);
  assert.ok(Math.abs(off - seconds) < 30, `the clock is ${String(off)} s off, not ${String(seconds)}`);
  const { socket: again } = await there.online();
  const third = await say(again, ben, 'there');
  assert.equal(third.payload.seq, (second ?? first).payload.seq + 1);
  skewed.set(0);
  // Back again: a token that was issued ahead of the clock is none, and its session goes on with a fresh one.
  const over = seconds > 60 || seconds <= -HOUR_S;
  assert.equal(await status(server, there.accessToken), over ? 401 : 200);
  if (seconds > 60 && seconds < YEAR_S) await there.refresh();
  const back = await ChatClient.login(scope, server, ada.username);
  const { socket: last } = await back.online();
  const fourth = await say(last, ben, 'back');
  assert.equal(fourth.payload.seq, third.payload.seq + 1);
  const { id } = await back.conversationWith(ben);
  const history = await back.history(id);
  assert.deepEqual(
    history.map(({ seq }) => seq),
    history.map((_, i) => i + 1),
  );
};

/** Five wrong passwords, then the clock is set: still closed, and open again one window later at most. */
const limiterOnce = async (scope: Scope, skewed: Skewed, seconds: number, from: number): Promise<void> => {
  const { server } = skewed;
  skewed.set(seconds);
  const ada = await ChatClient.register(scope, server, freshName('ada'));
  for (let n = 1; n <= 5; n += 1)
    assert.equal(await guess(server, from, ada.username, 'Wrong-Horse-7'), n < 5 ? 401 : 429);
  skewed.set(0);
  if (seconds > 0) assert.equal(await guess(server, from, ada.username, PASSWORD), 429, 'opened for free');
  // The maintenance of each second puts what began in the future to now.
  await eventually('a window to be over', async () => {
    skewed.set(seconds > 0 ? 905 : seconds + 905);
    return (await guess(server, from, ada.username, PASSWORD)) === 200;
  });
  skewed.set(0);
};

export const clockJumps: Fault = {
  name: 'clock-jumps',
  proves: 'P3 R-9 order, tokens and the login limit when the wall clock is set',
  small: 2,
  full: 48,
  async run(_scope, { rounds, random, say: tell }) {
    const all = offsets();
    const next = order(all, random);
    for (let n = 0; n < rounds; n += all.length)
      await scoped(async (scope) => {
        const skewed = await Skewed.start(scope);
        let from = 0;
        for (const seconds of next.slice(0, Math.min(all.length, rounds - n))) {
          tell(`clock-jumps: ${String(seconds)} s`);
          await jumpOnce(scope, skewed, seconds);
          await limiterOnce(scope, skewed, seconds, (from += 1));
        }
        expectStatus(await http('GET', `${skewed.server.url}/readyz`), 200);
      });
    return { jumps: rounds };
  },
};

const order = <T>(items: readonly T[], random: RandomSource): readonly T[] =>
  items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
