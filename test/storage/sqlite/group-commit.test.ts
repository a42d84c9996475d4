import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAMAGED, type CommitStats } from '../../../server/storage/outcome.ts';
import type { WriteMessage } from '../../../server/storage/writes.ts';
import { sqliteStore } from '../sqlite-store.ts';
import { damagePageOf } from '../../support/damaged-page.ts';
import { pairOf, Stage } from '../stage.ts';
import type { Scope } from '../../support/temp-dir.ts';

const setUp = async (t: Scope, maxPages?: number) => {
  const commits: CommitStats[] = [];
  const stage = await Stage.open(t, (scope, clock) =>
    sqliteStore(scope, {
      clock,
      onCommit: (stats) => commits.push(stats),
      ...(maxPages === undefined ? {} : { maxPages }),
    }),
  );
  const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
  const message = (content: string): WriteMessage => ({
    type: 'appendMessage',
    input: {
      messageId: stage.ids.next(),
      pair: pairOf(ann, ben),
      senderId: ann,
      newConversationId: stage.ids.next(),
      content,
    },
  });
  const history = async (): Promise<string[]> => {
    const id = (await stage.queries.conversations(ann, 1, null))?.conversations[0]?.id;
    return id === undefined ? [] : await stage.history(ben, id);
  };
  return { stage, ann, ben, message, history, commits };
};

/** A write that throws in the middle of its work. */
const poison = (message: WriteMessage): WriteMessage =>
  message.type === 'appendMessage'
    ? { type: 'appendMessage', input: { ...message.input, content: null as unknown as string } }
    : message;

describe('group commit', () => {
  test('[D1] a bad write sinks itself and none of its neighbours', async (t) => {
    const { stage, ann, ben, message, history, commits } = await setUp(t);
    const outcomes = await stage.store.commit([
      message('one'),
      poison(message('bad')),
      message('two'),
      poison(message('bad')),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok),
      [true, false, true, false],
    );
    assert.deepEqual(outcomes[1], {
      ok: false,
      fault: { code: 'internal', detail: 'Something went wrong here.' },
    });
    assert.deepEqual(await history(), ['one', 'two']);
    assert.equal(commits.at(-1)?.failures, 2);
    assert.match(commits.at(-1)?.cause ?? '', /NOT NULL|SQLITE_CONSTRAINT/);
    assert.equal((await stage.say(ann, ben, 'three')).seq, 3);
    assert.deepEqual(
      (await stage.log(ann)).map(({ cursor }) => cursor),
      [1, 2, 3, 4],
    );
  });

  test('[D1] a bad first write of a conversation leaves no half of it', async (t) => {
    const { stage, ann, ben, message, history } = await setUp(t);
    await stage.store.commit([poison(message('bad')), message('good')]);
    assert.deepEqual(await history(), ['good']);
    assert.deepEqual(
      (await stage.log(ann)).map(({ type }) => type),
      ['conversation', 'message'],
    );
    assert.equal(await stage.queries.headCursor(ben), 1);
  });

  test('answers come in the order of the batch, all at one time', async (t) => {
    const { stage, message } = await setUp(t);
    const batch = Array.from({ length: 100 }, (_, i) => message(`text ${String(i)}`));
    const seqs = (await stage.store.commit(batch)).map((outcome) =>
      outcome.ok && 'seq' in outcome.result ? outcome.result.seq : 0,
    );
    assert.deepEqual(
      seqs,
      batch.map((_, i) => i + 1),
    );
    assert.deepEqual(await stage.store.commit([]), []);
  });

  test('[P9] a write that meets a damaged page says so, and its neighbours are kept', async (t) => {
    const { stage, ann, ben, message, commits } = await setUp(t);
    const store = stage.store as ReturnType<typeof sqliteStore>;
    const ids = [];
    for (let n = 0; n < 120; n += 1) {
      const write = message(`message ${String(n)} ${'.'.repeat(200)}`);
      assert.ok(write.type === 'appendMessage');
      ids.push(write.input.messageId);
      await store.commit([write]);
    }
    await store.settle();
    const [conversation] = (await stage.queries.conversations(ann, 1, null))?.conversations ?? [];
    assert.ok(conversation);
    store.writer().truncate();
    damagePageOf(store.dir, ids[60] ?? '');
    await store.restart();
    const reaction = (messageId = ''): WriteMessage => ({
      type: 'setReaction',
      input: { messageId, pair: pairOf(ann, ben), userId: ben, emoji: '👍', requestId: stage.ids.next() },
    });
    const outcomes = await store.commit([
      message('before'),
      reaction(ids[60]),
      reaction(ids[119]),
      message('after'),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok || outcome.fault),
      [true, DAMAGED, true, true],
    );
    assert.equal(commits.at(-1)?.cause, 'SQLITE_CORRUPT');
    const newest = await stage.queries.messages(ann, conversation.id, { limit: 3 });
    assert.deepEqual(
      newest?.messages.map(({ content, reactions }) => [content.slice(0, 11), reactions.length]),
      [
        ['message 119', 1],
        ['before', 0],
        ['after', 0],
      ],
    );
  });

  test('a full disk refuses the whole batch, and is over when there is room again', async (t) => {
    const { stage, message, history, commits } = await setUp(t, 220);
    const big = 'x'.repeat(4_000);
    let stored = 0;
    let outcomes = await stage.store.commit([message(big)]);
    for (; outcomes.every(({ ok }) => ok) && stored < 1_000; stored += 1)
      outcomes = await stage.store.commit([message(big)]);
    assert.ok(stored > 10 && stored < 1_000);
    assert.deepEqual(outcomes[0]?.ok === false && outcomes[0].fault.code, 'unavailable');
    assert.equal(commits.at(-1)?.cause, 'SQLITE_FULL');
    assert.equal((await history()).length, stored, 'reads go on');
    const many = await stage.store.commit([
      message('a'),
      message(big),
      message(big),
      message(big),
      message('b'),
    ]);
    assert.ok(many.every((outcome) => !outcome.ok));
    assert.equal(
      (await stage.store.commit([{ type: 'probe', input: {} }]))[0]?.ok,
      true,
      'a change without growth fits',
    );
    (stage.store as ReturnType<typeof sqliteStore>).writer().allowPages(10_000);
    assert.deepEqual((await stage.store.commit([message('after')]))[0]?.ok, true);
    assert.equal((await history()).at(-1), 'after');
    assert.equal((await history()).length, stored + 1);
  });
});
