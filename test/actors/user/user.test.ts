import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParleyError } from '../../../server/protocol/errors.ts';
import type { UserMessage } from '../../../server/actors/user/messages.ts';
import { userProps } from '../../../server/actors/user/user.ts';
import { RecordedContext } from '../../support/recorded-context.ts';

/** What the store holds of each one's status. */
const kept = new WeakMap<object, string>();
const open = (
  stored: 'online' | 'offline' | null = 'offline',
  isReadable = (): boolean => true,
): RecordedContext<UserMessage> => {
  const read = <T>(answer: T): Promise<T> =>
    isReadable() ? Promise.resolve(answer) : Promise.reject(new ParleyError('unavailable', 'Not now.'));
  const queries = {
    partners: () => read(['p1', 'p2']),
    presenceOf: () => read(stored === null ? [] : [{ userId: 'u', status: stored, lastSeen: 0 }]),
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
const settle = async (context: RecordedContext<UserMessage>): Promise<string> => {
  const write = context.take('setPresence');
  const { status } = write.question['input'] as { status: string };
  await write.answer({ kind: 'set', lastSeen: context.clock.now(), changed: status !== kept.get(context) });
  kept.set(context, status);
  return status;
};
const statuses = (context: RecordedContext<UserMessage>): string[] =>
  context.told.map(
    ({ message }) =>
      (JSON.parse(message['frame'] as string) as { payload: { status: string } }).payload.status,
  );

test('online with the first connection, told to partners once it is stored', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1') });
  assert.equal(context.told.length, 0);
  assert.equal(await settle(context), 'online');
  assert.deepEqual(context.told[0]?.message['userIds'], ['p1', 'p2']);
  await context.give({ type: 'connected', connection: connection('s2') });
  await settle(context);
  assert.deepEqual(statuses(context), ['online'], 'a second connection is no news');
});

test('[S8] a connection that is invisible from its first moment is told to nobody', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1', false) });
  assert.equal(await settle(context), 'offline');
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  await context.advance(5_000);
  await settle(context);
  assert.deepEqual(statuses(context), []);
  assert.equal(context.left, true);
});

test('offline 5 s after the last connection is gone, not before', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1') });
  await settle(context);
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  await context.advance(4_999);
  assert.deepEqual(statuses(context), ['online']);
  await context.advance(1);
  assert.equal(await settle(context), 'offline');
  assert.deepEqual(statuses(context), ['online', 'offline']);
  assert.equal(context.left, true);
});

test('who comes back within 5 s was never gone', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1') });
  await settle(context);
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  await context.advance(3_000);
  await context.give({ type: 'connected', connection: connection('s2') });
  await settle(context);
  await context.advance(10_000);
  assert.deepEqual(statuses(context), ['online']);
});

test('appearing offline on the only connection is said at once; a visible one outweighs it', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1') });
  await settle(context);
  await context.give({ type: 'connected', connection: connection('s1', false) });
  assert.equal(await settle(context), 'offline');
  await context.give({ type: 'connected', connection: connection('s2') });
  assert.equal(await settle(context), 'online');
  assert.deepEqual(statuses(context), ['online', 'offline', 'online']);
});

test('[P8] rebuilt from the edge’s roster: nobody there means offline after the grace', async () => {
  const context = open();
  await context.give({ type: 'roster', connections: [] });
  assert.equal(context.asked.length, 0);
  await context.advance(5_000);
  assert.equal(await settle(context), 'offline');
});

test('one write at a time, the newest state wins, a failed one is made again', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1') });
  await context.give({ type: 'connected', connection: connection('s2') });
  assert.equal(context.asked.length, 1);
  await context.take('setPresence').fail({ code: 'unavailable', detail: '' });
  await context.advance(250);
  const again = context.take('setPresence');
  assert.equal((again.question['input'] as { connections: unknown[] }).connections.length, 2);
});

test('[S6] who came while the writer was away is online after it is back', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1') });
  await context.give({ type: 'disconnected', socketId: 's1' });
  await context.take('setPresence').fail({ code: 'unavailable', detail: 'gone' });
  await context.give({ type: 'connected', connection: connection('s2') });
  await settle(context);
  await context.advance(250);
  await settle(context);
  await context.advance(6_000);
  assert.deepEqual(statuses(context), ['online']);
});

test('[S6] a write that failed may be stored and read all the same: what follows is told, even if it says what was told last', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1') });
  await settle(context);
  await context.give({ type: 'connected', connection: connection('s1', false) });
  await context.take('setPresence').fail({ code: 'unavailable', detail: 'gone' });
  await context.give({ type: 'connected', connection: connection('s1') });
  await context.advance(250);
  await settle(context);
  assert.deepEqual(statuses(context), ['online', 'online']);
});

test('[S7] who is written to for the first time is told how things stand, at once and alone', async () => {
  const context = open('online');
  await context.give({ type: 'connected', connection: connection('s1') });
  await settle(context);
  await context.give({ type: 'introduce', peerId: 'p3' });
  assert.deepEqual(
    context.told.map(({ message }) => message['userIds']),
    [['p1', 'p2'], ['p3']],
  );
  assert.deepEqual(statuses(context), ['online', 'online']);
  assert.equal(context.left, false);
});

test('[S7] also when the writer has gone meanwhile; of a deleted person nothing is told', async () => {
  for (const stored of ['offline', null] as const) {
    const context = open(stored);
    await context.give({ type: 'introduce', peerId: 'p3' });
    assert.deepEqual(statuses(context), stored === null ? [] : [stored]);
    assert.equal(context.left, true);
  }
});

test('[S6] an introduction while a failed write waits for its repeat does not end the actor', async () => {
  const context = open();
  await context.give({ type: 'connected', connection: connection('s1', false) });
  await context.take('setPresence').fail({ code: 'unavailable', detail: '' });
  await context.give({ type: 'disconnected', socketId: 's1' });
  await context.give({ type: 'introduce', peerId: 'p3' });
  assert.equal(context.left, false);
});

test('[P8] [S6] a change whose observers cannot be read is told once they can, also that of the last connection', async () => {
  let isReadable = true;
  const context = open('offline', () => isReadable);
  await context.give({ type: 'connected', connection: connection('s1') });
  await settle(context);
  await context.give({ type: 'disconnected', socketId: 's1' });
  await settle(context);
  isReadable = false;
  await context.advance(5_000);
  await settle(context);
  assert.deepEqual(statuses(context), ['online']);
  assert.equal(context.left, false, 'there is something left to tell');
  await context.advance(250);
  await settle(context);
  isReadable = true;
  await context.advance(250);
  await settle(context);
  assert.deepEqual(statuses(context), ['online', 'offline']);
  assert.equal(context.left, true);
});

test('[P8] [S7] an introduction that cannot be read is made again', async () => {
  let isReadable = false;
  const context = open('online', () => isReadable);
  await context.give({ type: 'introduce', peerId: 'p3' });
  assert.deepEqual([statuses(context), context.left], [[], false]);
  isReadable = true;
  await context.advance(250);
  assert.deepEqual([statuses(context), context.left], [['online'], true]);
});

test('[P8] [S7] several introductions that cannot be read are made again together', async () => {
  let isReadable = false;
  const context = open('online', () => isReadable);
  for (const peerId of ['p3', 'p4', 'p3']) await context.give({ type: 'introduce', peerId });
  assert.equal(context.clock.waiting, 1);
  await context.advance(250);
  assert.equal(context.clock.waiting, 1);
  isReadable = true;
  await context.advance(250);
  assert.deepEqual(
    context.told.map(({ message }) => message['userIds']),
    [['p3', 'p4']],
  );
  assert.deepEqual([context.clock.waiting, context.left], [0, true]);
});
