import { MessageChannel, parentPort, Worker, workerData } from 'node:worker_threads';
import { MessageFrames } from './envelopes.ts';
import { ReceiptBatcher } from './receipt-batcher.ts';
import { inLanes } from './lanes.ts';
import { Ring, type Sender } from './ring.ts';
import { RingSocket } from './ring-socket.ts';
import { localAddress } from './socket.ts';
import type { News, Order, WorkerData } from './spec.ts';
import { makeTexts } from './texts.ts';
import { XmppSocket } from './xmpp/ring-socket.ts';

/** One thread of the load generator: connects its accounts, runs its ring, answers orders. */
const { spec, accounts, index, progress } = workerData as WorkerData;
const boss = parentPort!;
const CONNECTING_AT_ONCE = 64;
const DRAIN_MS = 15_000;
const done = new Float64Array(progress);

const tell = (news: News): void => {
  boss.postMessage(news);
};
const fail = (error: Error): void => {
  throw error;
};

const texts = makeTexts(1_024, spec.bytes);
const ring = new Ring({
  size: accounts.length,
  pace:
    spec.pace.kind === 'open' ? { ...spec.pace, perSecond: spec.pace.perSecond / spec.workers } : spec.pace,
  nowUs: () => performance.now() * 1000,
  progress: (count) => {
    done[0] = count;
  },
});

const receipts = new ReceiptBatcher((socket: RingSocket) => {
  socket.receipt();
});
const received = {
  none: () => undefined,
  gathered: (socket: RingSocket) => {
    receipts.add(socket);
  },
  each: (socket: RingSocket) => {
    socket.receipt();
  },
}[spec.receipts];
const frames = new MessageFrames((process.pid * 8 + index) % 4096, texts);

/** The way to the server of a pair's sender; `ready` is called when it is there. */
const connectOne = (pair: number, ready: () => void): Sender => {
  const account = accounts[pair]!;
  const recipientId = accounts[(pair + 1) % accounts.length]!.userId;
  const { host, port, morePorts = [], together = 1 } = spec;
  const ports = [port, ...morePorts];
  const place = Math.floor(pair / together) % ports.length;
  const target = { host, port: ports[place]!, ...localAddress(index * accounts.length + pair) };
  if (spec.wire === 'xmpp')
    return new XmppSocket({ ring, pair, account, recipientId, texts, target, ready, fail });
  return new RingSocket({
    ...{ ring, pair, frames, recipientId, received, fail },
    target: { ...target, token: account.token },
    synced: ready,
  });
};

const connectAll = async (): Promise<readonly Sender[]> => {
  const sockets: Sender[] = [];
  await inLanes(
    accounts.length,
    CONNECTING_AT_ONCE,
    (i) =>
      new Promise((ready) => {
        sockets[i] = connectOne(i, ready);
      }),
  );
  return sockets;
};

/** Resolves when everything sent has come back, or when it has had time enough to: the count tells what is missing. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    const until = performance.now() + DRAIN_MS;
    const look = setInterval(() => {
      if (!ring.idle && performance.now() < until) return;
      clearInterval(look);
      resolve();
    }, 10);
  });

ring.attach(await connectAll());
tell({ news: 'connected' });

/** Ticks whenever a message is due, from now on. */
const startTicker = (perSecond: number): void => {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', () => {
    ring.due();
  });
  const everyUs = Math.max(500, (1e6 * spec.workers) / perSecond);
  new Worker(new URL('./ticker.js', import.meta.url), {
    workerData: { port: port2, everyUs, startNs: process.hrtime.bigint() },
    transferList: [port2],
  });
};

ring.open();
await settled();
tell({ news: 'warm' });

boss.on('message', ({ order }: Order) => {
  if (order === 'start') {
    ring.start();
    if (spec.pace.kind === 'open') startTicker(spec.pace.perSecond);
  } else if (order === 'measure') ring.measure();
  else {
    ring.stop();
    void settled().then(() => {
      tell({ news: 'done', result: ring.result() });
    });
  }
});
