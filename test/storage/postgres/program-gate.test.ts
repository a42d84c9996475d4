import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemIds } from '../../../server/runtime/ids.ts';
import type { WriteOutcome } from '../../../server/storage/outcome.ts';
import { HOSTS_ARE_REPLACED } from '../../../server/storage/postgres/program-gate.ts';
import { PostgresWriter } from '../../../server/storage/postgres/postgres-writer.ts';
import { openPostgresQueries } from '../../../server/storage/postgres/queries.ts';
import type { WriteMessage } from '../../../server/storage/writes.ts';
import { silentLog } from '../../support/hosts.ts';
import { freshDatabase, onServer, optionsOf, withoutPostgres as skip } from '../../support/postgres.ts';
import type { Scope } from '../../support/temp-dir.ts';
import { attachmentOf, messageWith } from '../attaching.ts';
import { HOST, pairOf, Stage, type StoreFactory } from '../stage.ts';
import { openOn } from './stage.ts';

/** A host of a release before reactions. */
const registerOlder = (url: string): Promise<unknown> =>
  onServer(
    url,
    `INSERT INTO hosts (id, name, version, started_at, heartbeat_at, knows_schema)
     VALUES ('${systemIds.next()}', 'older', '0.9.0', 0, 9e15, 6)`,
  );
const GO = 'UPDATE hosts SET gone_at = 1 WHERE gone_at IS NULL';

/** A store whose writes go through a whole writer, with the gate at its door. */
const writerOn =
  (url: string): StoreFactory =>
  async (scope, clock) => {
    const writer = await PostgresWriter.open({
      connection: optionsOf(url),
      clock,
      resetPresence: false,
      sessionTtlMs: null,
      onCommit: () => undefined,
      log: silentLog,
    });
    scope.after(() => writer.close());
    return {
      commit: (batch) => writer.commit(batch),
      queries: openPostgresQueries(openOn(scope, url, { purpose: 'read' }), clock),
      settle: () => Promise.resolve(),
      restart: () => Promise.resolve(),
    };
  };

/** Ann and Ben, and a message that Ben can react to. */
const open = async (scope: Scope) => {
  const url = await freshDatabase(scope);
  const stage = await Stage.open(scope, writerOn(url));
  const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
  const messageId = stage.ids.next();
  await stage.say(ann, ben, 'hello', messageId);
  const write = (type: 'setReaction' | 'appendMessage'): WriteMessage => {
    const common = { userId: ben, pair: pairOf(ann, ben) };
    if (type === 'setReaction')
      return { type, input: { ...common, messageId, emoji: '👍', requestId: stage.ids.next() } };
    const { pair } = common;
    const ids = { messageId: stage.ids.next(), newConversationId: stage.ids.next() };
    return { type, input: { ...ids, pair, senderId: ben, content: 'and more' } };
  };
  const commit = (...types: ('setReaction' | 'appendMessage')[]): Promise<readonly WriteOutcome[]> =>
    stage.store.commit(types.map(write));
  const oldestProgram = async (): Promise<unknown> =>
    (await onServer(url, 'SELECT oldest_program FROM meta'))[0]?.[0];
  return { url, stage, ann, ben, commit, oldestProgram };
};

const kinds = (outcomes: readonly WriteOutcome[]): readonly string[] =>
  outcomes.map((outcome) => (outcome.ok ? 'stored' : outcome.fault.code));

test(
  '[H7] what an older host cannot read waits until none is left, and nothing else does',
  { skip },
  async (t) => {
    const { url, stage, ann, commit, oldestProgram } = await open(t);
    await registerOlder(url);
    const outcomes = await commit('appendMessage', 'setReaction', 'appendMessage');
    assert.deepEqual(kinds(outcomes), ['stored', 'unavailable', 'stored']);
    assert.deepEqual(outcomes[1], { ok: false, fault: HOSTS_ARE_REPLACED });
    const [profile] = await stage.store.commit([
      { type: 'changeProfile', input: { userId: ann, displayName: 'Ann' } },
    ]);
    assert.deepEqual(profile, { ok: false, fault: HOSTS_ARE_REPLACED });
    assert.equal(await oldestProgram(), 1);
    assert.equal((await stage.log(ann)).filter(({ type }) => type === 'reaction').length, 0);
    await onServer(url, GO);
    assert.deepEqual(kinds(await commit('setReaction', 'appendMessage')), ['stored', 'stored']);
    assert.equal(await oldestProgram(), 7);
  },
);

test(
  '[H7] an older host that comes back once something new is stored cannot register',
  { skip },
  async (t) => {
    const { url, stage, commit, oldestProgram } = await open(t);
    await registerOlder(url);
    await onServer(url, GO);
    await registerOlder(url);
    assert.deepEqual(kinds(await commit('setReaction')), ['unavailable'], 'it may come back until then');
    await onServer(url, GO);
    await stage.beat(HOST);
    assert.deepEqual(
      kinds(await commit('setReaction')),
      ['stored'],
      'a host of this version is in nobody’s way',
    );
    await assert.rejects(
      registerOlder(url),
      /this host knows schema 6, the database needs a program that knows 7/,
    );
    assert.equal((await stage.beat(stage.ids.next())).kind, 'alive');
    assert.equal(await oldestProgram(), 7);
  },
);

test('[H7] a host that registers while the gate opens is seen, or refused', { skip }, async (t) => {
  const { url, commit, oldestProgram } = await open(t);
  const attempts = await Promise.allSettled([commit('setReaction'), registerOlder(url), registerOlder(url)]);
  const [reaction, ...hosts] = attempts;
  assert.ok(reaction.status === 'fulfilled');
  const isStored = kinds(reaction.value)[0] === 'stored';
  assert.equal(await oldestProgram(), isStored ? 7 : 1);
  assert.deepEqual(
    hosts.map(({ status }) => status),
    hosts.map(() => (isStored ? 'rejected' : 'fulfilled')),
  );
});

test(
  '[H7] [G2] [G3] attachments, and messages with some, wait until no older host is left',
  { skip },
  async (t) => {
    const { url, stage, ann, ben, commit, oldestProgram } = await open(t);
    await registerOlder(url);
    const attachment = attachmentOf(stage.ids.next(), 'a file');
    const write = (): Promise<readonly WriteOutcome[]> =>
      stage.store.commit([{ type: 'addAttachment', input: { userId: ann, attachment } }]);
    const message = messageWith(stage, ann, ben, [attachment.id]);
    assert.deepEqual(kinds(await write()), ['unavailable']);
    assert.deepEqual(kinds(await stage.store.commit([message])), ['unavailable']);
    assert.deepEqual(kinds(await commit('appendMessage')), ['stored'], 'a text waits for nobody');
    assert.equal(await oldestProgram(), 1);
    await onServer(url, GO);
    assert.deepEqual(kinds(await write()), ['stored']);
    assert.deepEqual(kinds(await stage.store.commit([message])), ['stored']);
    assert.equal(await oldestProgram(), 12);
    await assert.rejects(registerOlder(url), /the database needs a program that knows 12/);
  },
);
