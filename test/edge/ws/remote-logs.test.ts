import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, type ConnectionMessage } from '../../../server/actors/connection/messages.ts';
import type { EncodedPage } from '../../../server/actors/services/helper.ts';
import type { OpenSocket } from '../../../server/edge/ws/open-socket.ts';
import { RemoteLogs } from '../../../server/edge/ws/remote-logs.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import type { AskedLog } from '../../../server/storage/reads.ts';
import { quietConnection } from '../../support/quiet-connection.ts';
import { settled } from '../../support/settled.ts';

const page = (cursor: number): EncodedPage => ({
  cursors: [cursor],
  frames: ['{}'],
  sent: {},
  cursor,
  more: false,
});

const open = () => {
  const sockets: OpenSocket[] = [];
  const told: (readonly [address: string, message: ConnectionMessage])[] = [];
  const asked: {
    readonly logs: readonly AskedLog[];
    answer(result: readonly EncodedPage[] | 'unavailable'): void;
  }[] = [];
  const host = {
    ask: (_to: unknown, { asked: logs }: { asked: readonly AskedLog[] }) =>
      new Promise((resolve, reject) => {
        asked.push({
          logs,
          answer: (result) => {
            if (result === 'unavailable') reject(new ParleyError('unavailable', 'Not now.'));
            else resolve(result);
          },
        });
      }),
    tell: ({ address }: { address: string }, message: ConnectionMessage) =>
      void told.push([address, message]),
  };
  const logs = new RemoteLogs(host as never, (userId) => sockets.filter((each) => each.userId === userId));
  const connect = (userId: string, name: string, cursor: number, more: Partial<OpenSocket> = {}): void => {
    sockets.push({
      userId,
      socketId: name,
      actor: connection(name),
      admitted: true,
      connection: quietConnection({ catchUp: { cursor, isLive: true } }),
      ...more,
    } as OpenSocket);
  };
  return { logs, connect, asked, told };
};

test('[P12] a log that has grown is read once for all connections of its user, from the one that is furthest behind', async () => {
  const { logs, connect, asked, told } = open();
  connect('ann', 'a1', 4);
  connect('ann', 'a2', 6);
  connect('ben', 'b1', 9);
  logs.reached('ann', 7);
  logs.reached('ben', 9);
  logs.reached('eve', 3);
  assert.deepEqual(
    asked.map((each) => each.logs),
    [[{ userId: 'ann', after: 4 }]],
    'nothing is read that was told already, or for nobody',
  );
  asked[0]?.answer([page(7)]);
  await settled();
  assert.deepEqual(told, [
    ['connection:a1', { type: 'logged', after: 4, page: page(7) }],
    ['connection:a2', { type: 'logged', after: 4, page: page(7) }],
  ]);
});

test('[P9] one question at a time; what comes meanwhile waits for the next, once for each user', async () => {
  const { logs, connect, asked } = open();
  for (const name of ['ann', 'ben', 'cleo']) connect(name, name, 0);
  logs.reached('ann', 1);
  for (let cursor = 1; cursor <= 50; cursor += 1)
    for (const name of ['ben', 'cleo']) logs.reached(name, cursor);
  assert.deepEqual([asked.length, logs.size], [1, 2]);
  asked[0]?.answer([page(1)]);
  await settled();
  assert.deepEqual(
    asked[1]?.logs.map(({ userId }) => userId),
    ['ben', 'cleo'],
  );
});

test('[P4] a connection that reads the log, or is not let in yet, hears how far it reaches', () => {
  const { logs, connect, asked, told } = open();
  connect('ann', 'a1', 4, { connection: quietConnection({ catchUp: { cursor: 4, isLive: false } }) });
  connect('ann', 'a2', 0, { admitted: false });
  logs.reached('ann', 7);
  assert.deepEqual(told, [
    ['connection:a1', { type: 'reached', cursor: 7 }],
    ['connection:a2', { type: 'reached', cursor: 7 }],
  ]);
  assert.deepEqual(asked, []);
});

test('[P4] a log that could not be read is left to the connections, which try again', async () => {
  const { logs, connect, asked, told } = open();
  connect('ann', 'a1', 4);
  logs.reached('ann', 7);
  asked[0]?.answer('unavailable');
  await settled();
  assert.deepEqual(told, [['connection:a1', { type: 'read-alone', cursor: 7 }]]);
  logs.reached('ann', 8);
  assert.equal(asked.length, 2, 'it asks again with the next notice');
});

test('[P4] a connection that has begun to read the log meanwhile hears how far it goes', async () => {
  const { logs, connect, asked, told } = open();
  const catchUp = { cursor: 4, isLive: true };
  connect('ann', 'a1', 4, { connection: quietConnection({ catchUp }) });
  logs.reached('ann', 5);
  logs.reached('ann', 6);
  catchUp.isLive = false;
  asked[0]?.answer([page(5)]);
  await settled();
  assert.deepEqual(told, [
    ['connection:a1', { type: 'logged', after: 4, page: page(5) }],
    ['connection:a1', { type: 'reached', cursor: 6 }],
  ]);
  assert.equal(asked.length, 1);
});

test('[P4] where a page is not all, a connection beyond its end hears how far the log goes', async () => {
  const { logs, connect, asked, told } = open();
  connect('ann', 'a1', 1);
  connect('ann', 'a2', 90);
  logs.reached('ann', 100);
  asked[0]?.answer([{ ...page(65), more: true }]);
  await settled();
  const alone = told.filter(([, { type }]) => type === 'read-alone');
  assert.deepEqual(alone, [
    ['connection:a1', { type: 'read-alone', cursor: 100 }],
    ['connection:a2', { type: 'read-alone', cursor: 100 }],
  ]);
});
