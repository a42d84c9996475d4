import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserMessage } from '../../../server/actors/user/messages.ts';
import type { ConnectionWrite } from '../../../server/actors/user/registered-connections.ts';
import { userProps } from '../../../server/actors/user/user.ts';
import type { WriteMessage } from '../../../server/storage/writes.ts';
import { RecordedContext } from '../../support/recorded-context.ts';

type Asked = ConnectionWrite | Extract<WriteMessage, { type: 'settlePresence' }>;

/** What the store holds of the user. */
interface Stored {
  status: 'online' | 'offline';
  readonly connections: Map<string, boolean>;
  /** Connections at other hosts. */
  elsewhere: number;
  /** What it was each time that the edge was told to read it. */
  readonly told: Stored['status'][];
}
const kept = new WeakMap<object, Stored>();
const storedOf = (context: RecordedContext<UserMessage>): Stored => kept.get(context) ?? assert.fail();

const open = (stored: 'online' | 'offline' = 'offline'): RecordedContext<UserMessage> => {
  const context = new RecordedContext<UserMessage>(userProps.create('u'));
  kept.set(context, { status: stored, connections: new Map(), elsewhere: 0, told: [] });
  return context;
};
const connection = (socketId: string, visible = true) => ({
  socketId,
  sessionId: 'x',
  ipAddress: '::1',
  visible,
});
const connected = (socketId: string, visible = true) =>
  ({ type: 'connected', hostId: 'h', connection: connection(socketId, visible) }) as const;
const roster = (...socketIds: readonly string[]) =>
  ({ type: 'roster', hostId: 'h2', connections: socketIds.map((id) => connection(id)) }) as const;

/** Does in the store what a write says, and returns its answer. */
const applied = (stored: Stored, { type, input }: Asked): object => {
  const { connections } = stored;
  if (type === 'openConnection' || type === 'showConnection') connections.set(input.socketId, input.visible);
  if (type === 'closeConnections')
    for (const id of [...connections.keys()]) if (!input.keep.includes(id)) connections.delete(id);
  const all = connections.size + stored.elsewhere;
  const isVisible = stored.elsewhere > 0 || [...connections.values()].includes(true);
  const before = stored.status;
  if (isVisible) stored.status = 'online';
  else if (all > 0 || type === 'settlePresence') stored.status = 'offline';
  const observers = stored.status !== before || input.tellAnyway ? ['p1', 'p2'] : [];
  const { status } = stored;
  const presence = { userId: 'u', status, lastSeen: 0, isConnected: all > 0, observers };
  return type === 'openConnection' ? { kind: 'opened', cursor: 0, evicted: [], presence } : { presence };
};
/** The store carries out the write that was asked for. */
const settle = async (context: RecordedContext<UserMessage>): Promise<string> => {
  const { type } = context.asked[0]?.question ?? assert.fail('no write was asked for');
  const write = context.take(type);
  const stored = storedOf(context);
  const before = context.told.length;
  await write.answer(applied(stored, write.question as unknown as Asked));
  for (const { message } of context.told.slice(before)) {
    assert.deepEqual(message, { type: 'presence', userId: 'u' });
    stored.told.push(stored.status);
  }
  return stored.status;
};
const settleAll = async (context: RecordedContext<UserMessage>): Promise<void> => {
  while (context.asked.length > 0) await settle(context);
};
const asked = (context: RecordedContext<UserMessage>) => context.asked.map(({ question }) => question.type);
const statuses = (context: RecordedContext<UserMessage>) => storedOf(context).told;

test('[S6] online with the first connection, told to the edge once it is stored', async () => {
  const context = open();
  await context.give(connected('s1'));
  assert.equal(context.told.length, 0);
  assert.equal(await settle(context), 'online');
  await context.give(connected('s2'));
  await settle(context);
  assert.deepEqual(statuses(context), ['online'], 'a second connection is no news');
});

test('[S8] a connection that is invisible from its first moment is told to nobody', async () => {
  const context = open();
  await context.give(connected('s1', false));
  assert.equal(await settle(context), 'offline');
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  await context.advance(5_000);
  await settle(context);
  assert.deepEqual(statuses(context), []);
  assert.equal(context.left, true);
});

test('[S6] offline 5 s after the last connection is gone, not before', async () => {
  const context = open();
  await context.give(connected('s1'));
  await settle(context);
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  await context.advance(4_999);
  assert.deepEqual([statuses(context), asked(context)], [['online'], []]);
  await context.advance(1);
  assert.equal(await settle(context), 'offline');
  assert.deepEqual(statuses(context), ['online', 'offline']);
  assert.equal(context.left, true);
});

test('[S6] who comes back within 5 s was never gone', async () => {
  const context = open();
  await context.give(connected('s1'));
  await settle(context);
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  await context.advance(3_000);
  await context.give(connected('s2'));
  await settle(context);
  await context.advance(10_000);
  assert.deepEqual([statuses(context), asked(context)], [['online'], []]);
});

test('[S6] the last connection here is none of this host’s business while there are others elsewhere', async () => {
  const context = open();
  await context.give(connected('s1'));
  await settle(context);
  storedOf(context).elsewhere = 1;
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  assert.equal(context.left, true);
  await context.advance(10_000);
  assert.deepEqual([statuses(context), asked(context)], [['online'], []]);
});

test('[S6] the last connection that goes while an earlier one is being removed is missed after the grace', async () => {
  const context = open();
  for (const socketId of ['s1', 's2']) await context.give(connected(socketId));
  await settleAll(context);
  await context.give({ type: 'disconnected', socketId: 's1' });
  await context.give({ type: 'disconnected', socketId: 's2' });
  await settleAll(context);
  await context.advance(5_000);
  assert.equal(await settle(context), 'offline');
  assert.deepEqual(statuses(context), ['online', 'offline']);
});

test('[S8] appearing offline on the only connection is said at once; a visible one outweighs it', async () => {
  const context = open();
  await context.give(connected('s1'));
  await settle(context);
  await context.give(connected('s1', false));
  assert.deepEqual(asked(context), ['showConnection']);
  assert.equal(await settle(context), 'offline');
  await context.give(connected('s2'));
  assert.equal(await settle(context), 'online');
  assert.deepEqual(statuses(context), ['online', 'offline', 'online']);
});

test('[P8] rebuilt from the edge’s roster: nobody there means offline after the grace', async () => {
  const context = open('online');
  await context.give(roster());
  assert.deepEqual(asked(context), ['closeConnections'], 'what the one before had registered');
  await settle(context);
  await context.advance(5_000);
  assert.equal(await settle(context), 'offline');
  assert.deepEqual(statuses(context), ['online', 'offline']);
  assert.equal(context.left, true);
});

test('[P8] after a roster every connection is registered again, under the id of the host', async () => {
  const context = open();
  await context.give(connected('s1'));
  await settle(context);
  await context.give(roster('s1', 's2'));
  const hosts: unknown[] = [];
  while (context.asked.length > 0) {
    const { type, input } = context.asked[0]?.question as { type: string; input?: { hostId: string } };
    hosts.push([type, input?.hostId]);
    await settle(context);
  }
  assert.deepEqual(hosts, [
    ['openConnection', 'h2'],
    ['openConnection', 'h2'],
    ['closeConnections', 'h2'],
  ]);
  assert.deepEqual([...storedOf(context).connections.keys()], ['s1', 's2']);
});

test('[P8] nothing is registered for a host that is not known yet, or any more, until its roster comes', async () => {
  const context = open();
  await context.give(connected('s1'));
  await context.take('openConnection').answer({ kind: 'gone' });
  await context.advance(60_000);
  await context.give(connected('s2'));
  assert.deepEqual(asked(context), []);
  await context.give(roster('s1', 's2'));
  await settleAll(context);
  assert.deepEqual(statuses(context).slice(0, 1), ['online']);
  assert.deepEqual([...storedOf(context).connections.keys()], ['s1', 's2']);
});

test('[P8] what a host was refused before its roster came is registered after it, even if it is refused later than that', async () => {
  const context = open();
  await context.give(connected('s1'));
  const refused = context.take('openConnection');
  await context.give({ ...roster('s1'), hostId: 'h' });
  await refused.answer({ kind: 'gone' });
  await settleAll(context);
  assert.deepEqual([...storedOf(context).connections.keys()], ['s1']);
});

test('[P8] whoever leaves a host that is not known any more stays in memory no longer than anybody else', async () => {
  const context = open();
  await context.give(connected('s1'));
  await context.take('openConnection').answer({ kind: 'gone' });
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settleAll(context);
  await context.advance(5_000);
  await settleAll(context);
  assert.equal(context.left, true);
});

test('[P8] a roster is answered once the store has it, or when the next one comes', async () => {
  const context = open();
  const first = await context.put(roster('s1', 's2'));
  await settle(context);
  assert.deepEqual(context.answers, []);
  const second = await context.put(roster('s1'));
  assert.deepEqual(context.answers.splice(0), [{ token: first, answer: 'registered' }]);
  await settleAll(context);
  assert.deepEqual(context.answers, [{ token: second, answer: 'registered' }]);
  await context.put(roster());
  await settleAll(context);
  assert.equal(context.answers.length, 2, 'before the grace time is over');
});

test('[P6] a session that has ended by the time its connection is registered is revoked', async () => {
  const context = open();
  await context.give(connected('s1'));
  await context.take('openConnection').answer({ kind: 'ended' });
  const revoke = { type: 'revoke', userId: 'u', sessionIds: ['x'], code: 4409, reason: 'session ended' };
  assert.deepEqual(
    context.told.map(({ message }) => message),
    [revoke],
  );
});

test('[O11] connections that gave way are told to the edge with their hosts', async () => {
  const context = open();
  await context.give(connected('s1'));
  const write = context.take('openConnection');
  const connections = [{ socketId: 's0', hostId: 'there' }];
  await write.answer({
    ...applied(storedOf(context), write.question as unknown as Asked),
    evicted: connections,
  });
  assert.deepEqual(context.told.at(-1)?.message, { type: 'evict', userId: 'u', connections });
});

test('one write at a time, the newest state wins, a failed one is made again', async () => {
  const context = open();
  await context.give(connected('s1'));
  await context.give(connected('s2'));
  await context.give({ type: 'disconnected', socketId: 's2' });
  assert.equal(context.asked.length, 1);
  await context.take('openConnection').fail({ code: 'unavailable', detail: '' });
  assert.equal(context.asked.length, 0);
  await context.advance(250);
  await settleAll(context);
  assert.deepEqual([...storedOf(context).connections.keys()], ['s1']);
});

test('[S6] a connection that was registered although the answer was lost, and is closed by then, is removed', async () => {
  const context = open();
  await context.give(connected('s1'));
  const write = context.take('openConnection');
  applied(storedOf(context), write.question as unknown as Asked);
  await write.fail({ code: 'unavailable', detail: '' });
  await context.give({ type: 'disconnected', socketId: 's1' });
  await context.advance(250);
  await settleAll(context);
  assert.equal(storedOf(context).connections.size, 0);
  await context.advance(5_000);
  await settleAll(context);
  assert.deepEqual([storedOf(context).status, statuses(context).at(-1)], ['offline', 'offline']);
  assert.equal(context.left, true);
});

test('[S6] who came while the writer was away is online after it is back', async () => {
  const context = open();
  await context.give(connected('s1'));
  await context.give({ type: 'disconnected', socketId: 's1' });
  await context.take('openConnection').fail({ code: 'unavailable', detail: 'gone' });
  await context.give(connected('s2'));
  await context.advance(250);
  await settleAll(context);
  await context.advance(6_000);
  assert.equal(storedOf(context).status, 'online');
  assert.equal(statuses(context).at(-1), 'online');
});

test('[S6] a write that failed may be stored and read all the same: what follows is told, even if it says what was told last', async () => {
  const context = open();
  await context.give(connected('s1'));
  await settle(context);
  await context.give(connected('s1', false));
  await context.take('showConnection').fail({ code: 'unavailable', detail: 'gone' });
  await context.give(connected('s1'));
  await context.advance(250);
  await settleAll(context);
  assert.deepEqual(statuses(context), ['online', 'online']);
});

test('[P12] what was registered for a host that is given up is registered anew for the one it became', async () => {
  const context = open();
  await context.give(connected('s1'));
  const late = context.take('openConnection');
  await context.give(roster('s1'));
  await late.answer(applied(storedOf(context), late.question as unknown as Asked));
  assert.equal((context.take('openConnection').question['input'] as { hostId: string }).hostId, 'h2');
});

test('[P12] a change of visibility that fails after the roster of a new host takes no connection for registered', async () => {
  const context = open();
  await context.give(connected('s1'));
  await settle(context);
  await context.give(connected('s1', false));
  const late = context.take('showConnection');
  await context.give(roster('s1'));
  await late.fail({ code: 'unavailable', detail: 'not in time' });
  await context.advance(250);
  assert.equal((context.take('openConnection').question['input'] as { hostId: string }).hostId, 'h2');
});
