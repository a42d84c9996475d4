import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, type ConnectionMessage } from '../../../server/actors/connection/messages.ts';
import { edge } from '../../../server/actors/services/edge.ts';
import { chatDirectory } from '../../../server/actors/directory.ts';
import { Connections } from '../../../server/edge/ws/connections.ts';
import type { OpenSocket } from '../../../server/edge/ws/open-socket.ts';
import { LocationCache } from '../../../server/edge/ws/location-cache.ts';
import { encodeMessageHead, recipientFrame, senderFrame } from '../../../server/protocol/messages/message.ts';
import { manualHost } from '../../support/hosts.ts';
import { quietConnection } from '../../support/quiet-connection.ts';

const open = () => {
  const { host, clock, ids, routed } = manualHost(chatDirectory(2));
  const connections = new Connections({
    host,
    clock,
    ids,
    hostName: 'host',
    isShared: false,
    locations: new LocationCache({
      pair: () => Promise.resolve(null),
      messageLocation: () => Promise.resolve(null),
    }),
  });
  const got = new Map<string, ConnectionMessage[]>();
  const connect = (
    userId: string,
    socketId: string,
    more: Partial<OpenSocket> = {},
    isAdmitted = true,
  ): OpenSocket => {
    const live: OpenSocket = {
      userId,
      socketId,
      sessionId: `of-${userId}`,
      ipAddress: '::1',
      ipKey: 'ip',
      visible: true,
      actor: connection(socketId),
      connection: quietConnection(),
      admitted: false,
      ...more,
    };
    const messages: ConnectionMessage[] = [];
    got.set(socketId, messages);
    host.adopt<ConnectionMessage>(
      connection(socketId),
      { kind: 'connection', mailboxLimit: 100, idleMs: 0 },
      { receive: (message) => void messages.push(message) },
    );
    connections.opened(live);
    if (isAdmitted) connections.admitted(userId, socketId);
    return live;
  };
  const told = (): unknown[] =>
    routed
      .splice(0)
      .map(({ envelope }) => ('message' in envelope ? [envelope.to, envelope.message] : envelope));
  return { host, clock, connections, connect, got, told };
};
const committed = {
  type: 'message',
  messageId: 'm',
  conversationId: 'c',
  seq: 1,
  senderId: 'ann',
  senderName: 'ann',
  content: 'hi',
  sentAt: 0,
  senderCursor: 7,
  recipientId: 'bob',
  recipientCursor: 9,
} as const;

test('a message reaches all connections of both people but one that is sending it, each copy with its own cursor', () => {
  const { host, connect, got } = open();
  connect('ann', 'a1', { connection: quietConnection({ inFlight: { has: (id) => id === 'm' } }) });
  for (const [userId, socketId] of [
    ['ann', 'a2'],
    ['ann', 'a3'],
    ['bob', 'b1'],
    ['eve', 'e1'],
  ] as const)
    connect(userId, socketId);
  host.tell(edge, committed);
  const head = encodeMessageHead(committed);
  const own = { type: 'event', cursor: 7, frame: senderFrame(head, 7) };
  assert.deepEqual([got.get('a1'), got.get('a2'), got.get('a3')], [[], [own], [own]]);
  assert.deepEqual(got.get('b1'), [{ type: 'event', cursor: 9, frame: recipientFrame(head, 9) }]);
  assert.deepEqual(got.get('e1'), []);
});

test('[S7] after a first message the presence of its sender is read for the recipient, if they are connected', () => {
  const { host, connect } = open();
  const asked: unknown[] = [];
  host.serve('helper', (question) => void asked.push(question));
  host.tell(edge, { type: 'introduce', userId: 'ann', peerId: 'bob' });
  assert.deepEqual(asked, []);
  connect('bob', 'b1');
  host.tell(edge, { type: 'introduce', userId: 'ann', peerId: 'bob' });
  assert.deepEqual(asked, [{ type: 'query', name: 'seenPresence', args: [['ann']] }]);
});

test('[P9] an eleventh connection makes the oldest give way', () => {
  const { connections, connect, got } = open();
  for (let i = 1; i <= 11; i += 1) connect('ann', `a${i}`);
  assert.deepEqual(got.get('a1'), [
    { type: 'close', code: 4409, reason: 'too many connections', revoked: true },
  ]);
  assert.deepEqual(got.get('a2'), []);
  assert.equal(connections.fromIp('ip'), 11);
});

test('[O11] a connection that gave way to one at another host is closed; those of other hosts are not here', () => {
  const { host, connect, got } = open();
  for (const socketId of ['a1', 'a2']) connect('ann', socketId);
  const connections = [
    { socketId: 'a1', hostId: 'here' },
    { socketId: 'a0', hostId: 'there' },
  ];
  host.tell(edge, { type: 'evict', userId: 'ann', connections });
  assert.deepEqual(got.get('a1'), [
    { type: 'close', code: 4409, reason: 'too many connections', revoked: true },
  ]);
  assert.deepEqual(got.get('a2'), []);
});

test('[P6] a connection whose session is not found yet takes nobody’s place, and makes nobody present', () => {
  const { connect, got, told } = open();
  connect('ann', 'a1');
  told();
  for (let i = 2; i <= 20; i += 1) connect('ann', `a${i}`, {}, false);
  assert.deepEqual(got.get('a1'), []);
  assert.deepEqual(told(), []);
});

test('[P6] revocation closes the sockets of those sessions and no other', () => {
  const { host, connect, got } = open();
  connect('ann', 'a1', { sessionId: 's1' });
  connect('ann', 'a2', { sessionId: 's2' });
  host.tell(
    { address: 'edge:main' },
    { type: 'revoke', userId: 'ann', sessionIds: ['s1'], code: 4409, reason: 'logout' },
  );
  assert.equal(got.get('a1')?.[0]?.type, 'close');
  assert.deepEqual(got.get('a2'), []);
});

test('[P6] sessions that ended lately are remembered, whether they had a socket or not; the memory is bounded', () => {
  const { host, connections } = open();
  const end = (...sessionIds: string[]): void => {
    host.tell(
      { address: 'edge:main' },
      { type: 'revoke', userId: 'ann', sessionIds, code: 4409, reason: 'logout' },
    );
  };
  assert.equal(connections.hasEnded('s1'), false);
  end('s1', 's2');
  assert.deepEqual([connections.hasEnded('s1'), connections.hasEnded('s3')], [true, false]);
  end(...Array.from({ length: 20_000 }, (_, i) => `later-${String(i)}`));
  assert.deepEqual([connections.hasEnded('s1'), connections.hasEnded('later-19999')], [false, true]);
});

test('what has closed is counted no more', () => {
  const { connections, connect } = open();
  const live = connect('ann', 'a1');
  connections.closed(live);
  connections.closed(live);
  assert.deepEqual([connections.size, connections.fromIp('ip')], [0, 0]);
});

test('[P8] after a shard’s restart its people are told who is here, those just gone included, and every session compares its number, twice', () => {
  const { clock, connections, connect, got, told } = open();
  const directory = chatDirectory(2);
  const [here] = ['ann', 'bob', 'cem', 'dia'].filter((name) => directory(`user:${name}`) === 'shard:0');
  const [there] = ['ann', 'bob', 'cem', 'dia'].filter((name) => directory(`user:${name}`) === 'shard:1');
  assert.ok(here !== undefined && there !== undefined);
  connect(here, 'h1');
  connect(there, 't1');
  connections.closed(connect(here, 'h2'));
  const gone = ['eve', 'fay', 'gus', 'hal'].find((name) => directory(`user:${name}`) === 'shard:0') ?? '';
  connections.closed(connect(gone, 'g1'));
  const [[, first] = []] = told() as [string, { hostId?: string }][];
  const hostId = first?.hostId;
  assert.ok(hostId !== undefined);
  connections.threadRestarted('shard:0', directory);
  assert.deepEqual(told(), [
    [
      `user:${here}`,
      {
        type: 'roster',
        hostId,
        connections: [{ socketId: 'h1', sessionId: `of-${here}`, ipAddress: '::1', visible: true }],
      },
    ],
    [`user:${gone}`, { type: 'roster', hostId, connections: [] }],
  ]);
  const verify = { type: 'verify' };
  assert.deepEqual([got.get('h1'), got.get('t1')], [[verify], [verify]]);
  // What the dead thread had handed to the writer may be committed after the first look.
  clock.advance(1_000);
  assert.deepEqual(
    [got.get('h1'), got.get('t1')],
    [
      [verify, verify],
      [verify, verify],
    ],
  );
  clock.advance(60_000);
  assert.equal(got.get('h1')?.length, 2);
});

test('[P6] a socket that closes while all of a person are told does not make another be passed over', () => {
  const { host, connections, connect, got } = open();
  const first = connect('ann', 'a1');
  for (const socketId of ['a2', 'a3']) connect('ann', socketId);
  host.adopt<ConnectionMessage>(
    connection('a1'),
    { kind: 'connection', mailboxLimit: 100, idleMs: 0 },
    {
      receive: () => {
        connections.closed(first);
      },
    },
  );
  connections.threadRestarted('writer', chatDirectory(2));
  for (const socketId of ['a2', 'a3']) assert.deepEqual(got.get(socketId), [{ type: 'verify' }], socketId);
});
