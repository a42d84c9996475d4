import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { ChatClient, freshName, twoPeople } from '../support/chat-client.ts';
import { inTurns, quantile } from '../support/crowd.ts';
import { pause, within } from '../support/deadline.ts';
import { http } from '../support/http-client.ts';
import { frameOf, OPCODE, RawWebSocket, upgradeHead } from '../support/raw-websocket.ts';
import { say } from '../support/say.ts';
import { count, isLong, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** connections that say a byte now and then, or nothing. */
const DRIPS = scaled({ sample: 100, long: 2_000 });
const DRIP_MS = 1_000;
/** uWebSockets.js cuts what is silent after 10 s, looking every 4; the rest is for a busy machine. */
const CUT_MS = 60_000;

const server = await ServerProcess.start({ after }, { PARLEY_HEARTBEAT_S: '0.5' });
const { hostname, port, host } = new URL(server.url);

const kinds: readonly (readonly [string, string, string])[] = [
  ['nothing', '', ''],
  ['a head', `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `, 'y'],
  ['headers', `GET / HTTP/1.1\r\nHost: ${host}\r\n`, 'X-Y: z\r\n'],
  [
    'a body',
    `POST /auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`,
    ' ',
  ],
  [
    'a chunked body',
    `POST /auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    '1\r\n \r\n',
  ],
];

interface Drip {
  readonly socket: Socket;
  readonly piece: string;
}

const opened = async (at: number): Promise<Drip> => {
  const [, head, piece] = kinds[at % kinds.length]!;
  const socket = connect({
    host: hostname,
    port: Number(port),
    localAddress: `127.0.0.${String(2 + (at % 200))}`,
  });
  socket.on('error', () => undefined).resume();
  await once(socket, 'connect');
  if (head !== '') socket.write(head);
  return { socket, piece };
};

test('[P9] slow requests hold nobody up, and are cut', async (t) => {
  const [ada, ben] = await twoPeople({ after }, server);
  const [a] = await Promise.all([ada.online(), ben.online()]);
  const talk = async (): Promise<number> => {
    const took: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      const started = performance.now();
      await say(a.socket, ben, `message ${String(i)}`);
      took.push(performance.now() - started);
    }
    return quantile(took, 0.99);
  };
  const quiet = await talk();
  const drips: Drip[] = [];
  await inTurns(Array.from({ length: DRIPS }), 50, async (_, at) => {
    drips.push(await opened(at));
  });
  const beside = await talk();
  assert.equal((await http('GET', `${server.url}/healthz`)).status, 200);
  count(t, 'R-19 beside', { drips: DRIPS, p99QuietMs: quiet.toFixed(1), p99BesideMs: beside.toFixed(1) });
  const open = (): readonly Drip[] => drips.filter(({ socket }) => !socket.destroyed);
  if (isLong) {
    const started = performance.now();
    const alive = new Map(kinds.map(([name]) => [name, 0]));
    const watch = async (): Promise<void> => {
      while (open().length > 0) {
        for (const { socket, piece } of open()) if (piece !== '') socket.write(piece);
        for (const [at, { socket }] of drips.entries())
          if (!socket.destroyed) alive.set(kinds[at % kinds.length]![0], performance.now() - started);
        await pause(DRIP_MS);
      }
    };
    await within(CUT_MS, 'all drips to be cut', watch()).finally(() => {
      const seconds = [...alive].map(
        ([name, ms]) => [name.replaceAll(' ', '-'), Math.round(ms / 1000)] as const,
      );
      count(t, 'R-19 cut after s', Object.fromEntries(seconds));
    });
  }
  for (const { socket } of open()) socket.destroy();
  await a.socket.roundTrip();
});

test('[O10] a WebSocket that drips half a frame, or pings, and never says an envelope is closed by the heartbeat', async () => {
  const ada = await ChatClient.register({ after }, server, freshName('ada'));
  const frame = frameOf(OPCODE.text, 'x'.repeat(100));
  for (const drip of [(at: number) => frame.subarray(at, at + 1), () => frameOf(OPCODE.ping, 'still here')]) {
    const raw = await RawWebSocket.open(
      server.url,
      upgradeHead(host, { Authorization: `Bearer ${ada.accessToken}` }),
    );
    let over = false;
    void raw.ended.then(() => (over = true));
    const dripping = async (): Promise<void> => {
      for (let at = 0; !over && at < frame.length - 1; at += 1) {
        await raw.write(drip(at));
        await pause(50);
      }
    };
    await within(CUT_MS, 'the heartbeat', Promise.race([raw.ended, dripping()]));
    assert.ok(over, 'closed while it dripped');
    const close = raw.frames.waiting.find(({ opcode }) => opcode === OPCODE.close);
    assert.equal(close?.payload.readUInt16BE(0), 4408);
  }
});
