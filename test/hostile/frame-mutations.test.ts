import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { mutated, mutatedJson } from '../support/mutator.ts';
import type { RandomSource } from '../support/random-source.ts';
import { closeOf, envelopeOf, frameOf, OPCODE, RawWebSocket, upgradeHead } from '../support/raw-websocket.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ENVELOPES } from './frames-of-every-kind.ts';

const FRAMES = scaled({ sample: 800, long: 50_000 });
/** Frames of one connection, if it lives that long. */
const BATCH = 100;
/** After this long without a byte the rest counts as swallowed by a frame that declared more than it had. */
const SILENT_MS = 200;
/** One person each, because a person may have ten sockets. */
const LANES = 8;

const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0' });
const metrics = await metricsUrl(server);
const { host } = new URL(server.url);
const rss = (): Promise<number> => figureOf(metrics, 'parley_resident_memory_bytes');

const originals: readonly Buffer[] = [
  ...ENVELOPES.map((envelope) => frameOf(OPCODE.text, envelope)),
  frameOf(OPCODE.ping, 'hello'),
  frameOf(OPCODE.pong),
  frameOf(OPCODE.binary, 'x'),
  frameOf(OPCODE.text, 'half', { fin: false }),
  frameOf(OPCODE.continuation, 'rest'),
  frameOf(OPCODE.text, 'x'.repeat(200)),
  closeOf(1000, 'bye'),
];

/** Sends frames one by one, each followed by an envelope whose answer shows that the server has looked at it; stops at one
 *  that ends the connection or swallows what comes next. Returns how many were looked at. */
const offer = async (frames: readonly Buffer[], head: string): Promise<number> => {
  const raw = await RawWebSocket.open(server.url, head);
  if (!raw.upgraded) throw new Error(raw.head);
  let looked = 0;
  for (const frame of frames) {
    const probe = crypto.randomUUID();
    await raw.write(Buffer.concat([frame, frameOf(OPCODE.text, envelopeOf('nothing', {}, probe))]));
    looked += 1;
    const lives = await raw.heard(({ payload }) => payload.includes(`"ref":"${probe}"`), SILENT_MS);
    if (!lives) break;
  }
  raw.destroy();
  return looked;
};

const lane = async (frames: readonly Buffer[], head: string): Promise<number> => {
  let connections = 0;
  for (let at = 0; at < frames.length; connections += 1)
    at += await offer(frames.slice(at, at + BATCH), head);
  return connections;
};

/** Half of them wrong as frames, which mostly ends the connection at once; half sound frames of something wrong. */
const drawn = (random: RandomSource): Buffer => {
  if (random.chance(0.5)) return mutated(random.pick(originals), random);
  const shape = { fin: random.chance(0.9), rsv: random.chance(0.05) ? random.between(1, 7) : 0 };
  return frameOf(
    random.pick([0, 1, 1, 1, 1, 1, 1, 9, 10]),
    mutatedJson(JSON.parse(random.pick(ENVELOPES)), random),
    shape,
  );
};
const draw = (many: number, random: RandomSource): readonly Buffer[] =>
  Array.from({ length: many }, () => drawn(random));

test('[P9] mutated frames over sockets: the server lives, others are served, memory comes back', async (t) => {
  const random = chance(t);
  const people = await Promise.all(
    Array.from({ length: LANES }, () => ChatClient.register(t, server, freshName('eve'))),
  );
  const heads = people.map(({ accessToken }) =>
    upgradeHead(host, { Authorization: `Bearer ${accessToken}` }),
  );
  const round = async (frames: number): Promise<number> => {
    const lanes = heads.map((head) => lane(draw(Math.ceil(frames / LANES), random), head));
    return (await Promise.all(lanes)).reduce((sum, each) => sum + each, 0);
  };
  await round(FRAMES / 5);
  const before = await rss();
  const connections = await round(FRAMES);
  await eventually(
    'all of their sockets to be gone',
    async () => (await figureOf(metrics, 'parley_sockets{state="live"}')) === 0,
  );
  const grown = (await rss()) / before;
  count(t, 'R-17 frames', { frames: FRAMES, connections, seed: random.seed, rss: grown.toFixed(2) });
  const ada = await ChatClient.register(t, server, freshName('ada'));
  await (await ada.online()).socket.roundTrip();
  assert.doesNotMatch(server.run.output, /"level":[56]0|callback-failed|actor\.restarted|uncaught/);
});
