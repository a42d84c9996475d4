import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserMessage } from '../../server/actors/refs.ts';
import { userProps } from '../../server/actors/user.ts';
import { RecordedContext } from '../support/recorded-context.ts';

/** What the store holds of each one's status. */
const kept = new WeakMap<object, string>();
const open = (stored: 'online' | 'offline' | null = 'offline'): RecordedContext<UserMessage> => {
  const queries = {
    partners: () => ['p1', 'p2'],
    presenceOf: () => (stored === null ? [] : [{ userId: 'u', status: stored, lastSeen: 0 }]),
  };
  const context = new RecordedContext<UserMessage>(userProps(queries).create('u'));
  kept.set(context, stored ?? 'offline');
  return context;
};
const connection = (socketId: string, visible = true) => ({
  socketId,
  sessionId: 'x',
  ipAddress: '::1',
  visible,
});
const settle = (context: RecordedContext<UserMessage>): string => {
  const write = context.take('setPresence');
  const { status } = write.question['input'] as { status: string };
  write.answer({ kind: 'set', lastSeen: context.clock.now(), changed: status !== kept.get(context) });
  kept.set(context, status);
  return status;
};
const statuses = (context: RecordedContext<UserMessage>): string[] =>
  context.told.map(
    ({ message }) =>
      (JSON.parse(message['frame'] as string) as { payload: { status: string } }).payload.status,
  );

test('online with the first connection, told to partners once it is stored', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1') });
  assert.equal(context.told.length, 0);
  assert.equal(settle(context), 'online');
  assert.deepEqual(context.told[0]?.message['userIds'], ['p1', 'p2']);
  context.give({ type: 'connected', connection: connection('s2') });
  settle(context);
  assert.deepEqual(statuses(context), ['online'], 'a second connection is no news');
});

test('[S8] a connection that is invisible from its first moment is told to nobody', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1', false) });
  assert.equal(settle(context), 'offline');
  context.give({ type: 'disconnected', socketId: 's1' });
  settle(context);
  context.clock.advance(5_000);
  settle(context);
  assert.deepEqual(statuses(context), []);
  assert.equal(context.left, true);
});

test('offline 5 s after the last connection is gone, not before', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1') });
  settle(context);
  context.give({ type: 'disconnected', socketId: 's1' });
  settle(context);
  context.clock.advance(4_999);
  assert.deepEqual(statuses(context), ['online']);
  context.clock.advance(1);
  assert.equal(settle(context), 'offline');
  assert.deepEqual(statuses(context), ['online', 'offline']);
  assert.equal(context.left, true);
});

test('who comes back within 5 s was never gone', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1') });
  settle(context);
  context.give({ type: 'disconnected', socketId: 's1' });
  settle(context);
  context.clock.advance(3_000);
  context.give({ type: 'connected', connection: connection('s2') });
  settle(context);
  context.clock.advance(10_000);
  assert.deepEqual(statuses(context), ['online']);
});

test('appearing offline on the only connection is said at once; a visible one outweighs it', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1') });
  settle(context);
  context.give({ type: 'connected', connection: connection('s1', false) });
  assert.equal(settle(context), 'offline');
  context.give({ type: 'connected', connection: connection('s2') });
  assert.equal(settle(context), 'online');
  assert.deepEqual(statuses(context), ['online', 'offline', 'online']);
});

test('[P8] rebuilt from the edge’s roster: nobody there means offline after the grace', () => {
  const context = open();
  context.give({ type: 'roster', connections: [] });
  assert.equal(context.asked.length, 0);
  context.clock.advance(5_000);
  assert.equal(settle(context), 'offline');
});

test('one write at a time, the newest state wins, a failed one is made again', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1') });
  context.give({ type: 'connected', connection: connection('s2') });
  assert.equal(context.asked.length, 1);
  context.take('setPresence').fail({ code: 'unavailable', detail: '' });
  context.clock.advance(250);
  const again = context.take('setPresence');
  assert.equal((again.question['input'] as { connections: unknown[] }).connections.length, 2);
});

test('[S6] who came while the writer was away is online after it is back', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1') });
  context.give({ type: 'disconnected', socketId: 's1' });
  context.take('setPresence').fail({ code: 'unavailable', detail: 'gone' });
  context.give({ type: 'connected', connection: connection('s2') });
  settle(context);
  context.clock.advance(250);
  settle(context);
  context.clock.advance(6_000);
  assert.deepEqual(statuses(context), ['online']);
});

test('[S6] a write that failed may be stored and read all the same: what follows is told, even if it says what was told last', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1') });
  settle(context);
  context.give({ type: 'connected', connection: connection('s1', false) });
  context.take('setPresence').fail({ code: 'unavailable', detail: 'gone' });
  context.give({ type: 'connected', connection: connection('s1') });
  context.clock.advance(250);
  settle(context);
  assert.deepEqual(statuses(context), ['online', 'online']);
});

test('[S7] who is written to for the first time is told how things stand, at once and alone', () => {
  const context = open('online');
  context.give({ type: 'connected', connection: connection('s1') });
  settle(context);
  context.give({ type: 'introduce', peerId: 'p3' });
  assert.deepEqual(
    context.told.map(({ message }) => message['userIds']),
    [['p1', 'p2'], ['p3']],
  );
  assert.deepEqual(statuses(context), ['online', 'online']);
  assert.equal(context.left, false);
});

test('[S7] also when the writer has gone meanwhile; of a deleted person nothing is told', () => {
  for (const stored of ['offline', null] as const) {
    const context = open(stored);
    context.give({ type: 'introduce', peerId: 'p3' });
    assert.deepEqual(statuses(context), stored === null ? [] : [stored]);
    assert.equal(context.left, true);
  }
});

test('[S6] an introduction while a failed write waits for its repeat does not end the actor', () => {
  const context = open();
  context.give({ type: 'connected', connection: connection('s1', false) });
  context.take('setPresence').fail({ code: 'unavailable', detail: '' });
  context.give({ type: 'disconnected', socketId: 's1' });
  context.give({ type: 'introduce', peerId: 'p3' });
  assert.equal(context.left, false);
});
