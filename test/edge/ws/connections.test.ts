import assert from 'node:assert/strict';
import { test } from 'node:test';
import { session, type SessionMessage } from '../../../server/actors/refs.ts';
import { chatDirectory } from '../../../server/actors/chat-directory.ts';
import { Connections, type Live } from '../../../server/edge/ws/connections.ts';
import { LocationCache } from '../../../server/edge/ws/location-cache.ts';
import { encodeMessageHead, recipientFrame, senderFrame } from '../../../server/protocol/encode.ts';
import { manualHost } from '../../support/hosts.ts';

const open = () => {
  const { host, clock, ids, routed } = manualHost(chatDirectory(2));
  const connections = new Connections(
    host,
    clock,
    ids,
    new LocationCache({ pair: () => null, messageLocation: () => null }),
  );
  const got = new Map<string, SessionMessage[]>();
  const connect = (userId: string, socketId: string, more: Partial<Live> = {}): Live => {
    const live = {
      userId,
      socketId,
      sessionId: `of-${userId}`,
      ipAddress: '::1',
      ipKey: 'ip',
      visible: true,
      session: session(socketId),
      ...more,
    };
    const messages: SessionMessage[] = [];
    got.set(socketId, messages);
    host.adopt<SessionMessage>(
      `session:${socketId}`,
      { kind: 'session', mailboxLimit: 100, idleMs: 0 },
      { receive: (message) => void messages.push(message) },
    );
    connections.opened(live);
    return live;
  };
  const told = (): unknown[] =>
    routed
      .splice(0)
      .map(({ envelope }) => (envelope.k === 'tell' ? [envelope.to, envelope.message] : envelope));
  return { host, clock, connections, connect, got, told };
};
const posted = (except: string) =>
  ({
    type: 'posted',
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
    except,
  }) as const;

test('a message reaches all connections of both people but the one that sent it, each copy with its own cursor', () => {
  const { host, connect, got } = open();
  for (const [userId, socketId] of [
    ['ann', 'a1'],
    ['ann', 'a2'],
    ['bob', 'b1'],
    ['eve', 'e1'],
  ] as const)
    connect(userId, socketId);
  host.tell({ address: 'edge:main' }, posted('a1'));
  assert.deepEqual(got.get('a1'), []);
  assert.deepEqual(got.get('e1'), []);
  assert.deepEqual(got.get('a2'), [
    { type: 'event', cursor: 7, frame: senderFrame(encodeMessageHead(posted('a1')), 7) },
  ]);
  assert.deepEqual(got.get('b1'), [
    { type: 'event', cursor: 9, frame: recipientFrame(encodeMessageHead(posted('a1')), 9) },
  ]);
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
  told();
  connections.threadRestarted('shard:0', directory);
  assert.deepEqual(told(), [
    [
      `user:${here}`,
      {
        type: 'roster',
        connections: [{ socketId: 'h1', sessionId: `of-${here}`, ipAddress: '::1', visible: true }],
      },
    ],
    [`user:${gone}`, { type: 'roster', connections: [] }],
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
  host.adopt<SessionMessage>(
    'session:a1',
    { kind: 'session', mailboxLimit: 100, idleMs: 0 },
    {
      receive: () => {
        connections.closed(first);
      },
    },
  );
  connections.threadRestarted('writer', chatDirectory(2));
  for (const socketId of ['a2', 'a3']) assert.deepEqual(got.get(socketId), [{ type: 'verify' }], socketId);
});
