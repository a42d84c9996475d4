import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rfc3339 } from '../../../server/protocol/rfc3339.ts';
import { RETENTION_SILENT_MS } from '../../../server/storage/limits.ts';
import type { Reads } from '../../../server/storage/reads.ts';
import { CHUNK_ROWS } from '../../../server/storage/search/postings.ts';
import { removeBefore } from '../removing.ts';
import { Stage, type StoreFactory } from '../stage.ts';

const HOUR_MS = 3_600_000;

/** Two users who have written ten messages in turns, an hour apart: `m1` … `m10`. */
const conversing = async (stage: Stage) => {
  const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
  const times: number[] = [];
  let conversationId = '';
  for (let n = 1; n <= 10; n += 1) {
    stage.clock.advance(HOUR_MS);
    const [from, to] = n % 2 === 1 ? [ann, ben] : [ben, ann];
    const said = await stage.say(from, to, `m${String(n)}`);
    times.push(said.sentAt);
    conversationId = said.conversationId;
  }
  const cutAfter = (n: number): number => (times[n - 1] ?? 0) + 1;
  return { ann, ben, conversationId, times, cutAfter };
};

/** What remains when the retention of a server has removed messages:
 *  C8 All messages before one time, and the conversation says where it begins.
 *  C9 A message that was removed keeps its id, seq and cursors; nothing is given out again. */
export const retentionRules = (factory: StoreFactory): void => {
  describe('retention', () => {
    whatIsShown(factory);
    whatStays(factory);
    howItRuns(factory);
  });
};

const whatIsShown = (factory: StoreFactory): void => {
  test('[C8] a conversation begins after what was removed', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId, times, cutAfter } = await conversing(stage);
    assert.deepEqual(await removeBefore(stage, cutAfter(4)), ['m1', 'm2', 'm3', 'm4']);
    for (const viewer of [ann, ben]) {
      assert.deepEqual(await stage.history(viewer, conversationId), ['m5', 'm6', 'm7', 'm8', 'm9', 'm10']);
      const shown = await stage.queries.conversation(viewer, conversationId);
      assert.deepEqual(
        [shown?.first_seq, shown?.last_seq, shown?.removed_until],
        [5, 10, rfc3339(times[3] ?? 0)],
      );
      assert.equal(shown?.last_message?.content, 'm10');
    }
    const page = await stage.queries.messages(ann, conversationId, { before: 7, limit: 2 });
    assert.deepEqual([page?.messages.map(({ seq }) => seq), page?.has_more], [[5, 6], false]);
    const around = await stage.queries.messages(ann, conversationId, { around: 2, limit: 4 });
    assert.deepEqual(
      around?.messages.map(({ seq }) => seq),
      [5, 6, 7, 8],
      'around a removed message is where the history begins',
    );
    assert.deepEqual(await removeBefore(stage, cutAfter(4)), [], 'a second run finds nothing');
    assert.equal((await stage.queries.storeCounts()).messages, 6);
    assert.deepEqual((await stage.queries.retention()).removed, 4);
  });

  test('[C8] what a user has deleted is not announced as removed', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId, cutAfter } = await conversing(stage);
    await stage.hide(ann, conversationId);
    await removeBefore(stage, cutAfter(4));
    const [mine, theirs] = [
      await stage.queries.conversation(ann, conversationId),
      await stage.queries.conversation(ben, conversationId),
    ];
    assert.deepEqual([mine?.first_seq, mine?.removed_until], [11, null]);
    assert.equal(theirs?.first_seq, 5);
    assert.equal((await stage.queries.search(ann, 'm', { limit: 50 })).removed_until, null);
    assert.notEqual((await stage.queries.search(ben, 'm', { limit: 50 })).removed_until, null);
  });

  test('[C8] [F1] a search finds what is there, and says what it can not find', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, times, cutAfter } = await conversing(stage);
    assert.equal((await stage.queries.search(ann, 'm', { limit: 50 })).removed_until, null);
    await removeBefore(stage, cutAfter(7));
    assert.deepEqual(await stage.found(ann, 'm'), ['m10', 'm9', 'm8']);
    const { removed_until } = await stage.queries.search(ann, 'm', { limit: 50 });
    assert.equal(removed_until, rfc3339(times[6] ?? 0));
  });

  test('[C8] [F1] a search finds what is there, indexed or not', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    await stage.sayMany(
      ann,
      ben,
      Array.from({ length: CHUNK_ROWS + 50 }, (_, n) => `needle ${String(n)}`),
    );
    const cut = stage.clock.now() + 1;
    stage.clock.advance(HOUR_MS);
    await stage.say(ben, ann, 'needle now');
    await stage.store.settle();
    await removeBefore(stage, cut, 500);
    assert.deepEqual(await stage.found(ann, 'needle'), ['needle now']);
    await stage.store.settle();
    assert.deepEqual(await stage.found(ann, 'needle'), ['needle now']);
    await stage.sayMany(ann, ben, new Array<string>(CHUNK_ROWS).fill('needle again'));
    await stage.store.settle();
    assert.equal((await stage.found(ben, 'again', 20)).length, 20);
    assert.deepEqual(await stage.found(ben, 'now'), ['needle now']);
  });

  test('[C8] [C7] removed messages are neither unread nor undelivered', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId, cutAfter } = await conversing(stage);
    assert.equal((await stage.queries.conversation(ben, conversationId))?.unread_count, 5);
    await removeBefore(stage, cutAfter(4));
    assert.equal((await stage.queries.conversation(ben, conversationId))?.unread_count, 3);
    assert.deepEqual(
      (await stage.queries.undelivered(ben, 0, 50)).events.map((event) =>
        event.type === 'message' ? event.payload.content : '?',
      ),
      ['m5', 'm7', 'm9'],
    );
    // A receipt for one of them changes nothing.
    assert.deepEqual(await stage.mark(ben, conversationId, 3, 'read'), []);
    await stage.mark(ben, conversationId, 7, 'read');
    await removeBefore(stage, cutAfter(8));
    const shown = await stage.queries.conversation(ben, conversationId);
    assert.deepEqual([shown?.unread_count, shown?.read_seq, shown?.first_seq], [1, { me: 7, peer: 0 }, 9]);
    assert.equal((await stage.queries.conversation(ann, conversationId))?.unread_count, 1);
  });

  test('[C8] a conversation of which nothing is left is empty, and goes on', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId, cutAfter } = await conversing(stage);
    await removeBefore(stage, cutAfter(10));
    const empty = await stage.queries.conversation(ann, conversationId);
    assert.deepEqual([empty?.last_message, empty?.last_seq, empty?.first_seq], [null, 10, 11]);
    assert.deepEqual([empty?.unread_count, await stage.history(ann, conversationId)], [0, []]);
    assert.equal((await stage.queries.conversations(ann, 10, null))?.conversations.length, 1);
    assert.deepEqual(await stage.found(ann, 'm'), []);
    assert.equal((await stage.queries.storeCounts()).messages, 0);
    await stage.store.restart();
    const said = await stage.say(ben, ann, 'after all');
    assert.deepEqual([said.seq, said.conversationId], [11, conversationId]);
    assert.deepEqual(await stage.history(ann, conversationId), ['after all']);
    assert.deepEqual(await stage.found(ann, 'after'), ['after all']);
    assert.equal((await stage.queries.storeCounts()).messages, 1);
    assert.deepEqual(
      (await stage.log(ann)).filter(({ type }) => type === 'message').map(({ cursor }) => cursor),
      [said.recipientCursor],
    );
  });
};

const whatStays = (factory: StoreFactory): void => {
  test('[C9] [D4] [D5] the id of a removed message still belongs to it', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben, cleo] = [
      await stage.person('ann'),
      await stage.person('ben'),
      await stage.person('cleo'),
    ];
    const id = stage.ids.next();
    const first = await stage.say(ann, ben, 'once', id);
    stage.clock.advance(HOUR_MS);
    await stage.say(ann, ben, 'later');
    await removeBefore(stage, stage.clock.now());
    const again = await stage.append(ann, ben, 'once', id);
    assert.equal(again.kind, 'appended');
    assert.deepEqual(
      [again.duplicate, again.seq, again.sentAt, again.senderCursor, again.conversationId],
      [true, first.seq, first.sentAt, first.senderCursor, first.conversationId],
    );
    assert.deepEqual(stage.told, []);
    for (const [from, to, text] of [
      [ann, ben, 'twice'],
      [ann, cleo, 'once'],
      [ben, ann, 'once'],
      [cleo, ann, 'once'],
    ] as const)
      assert.deepEqual(await stage.append(from, to, text, id), { kind: 'conflict', reason: 'id-taken' });
    assert.deepEqual(await stage.history(ann, first.conversationId), ['later']);
    await stage.store.restart();
    assert.equal((await stage.append(ann, ben, 'once', id)).kind, 'appended');
  });

  test('[C9] [D10] [O12] a replay over removed messages has what is left, and its numbers', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId, cutAfter } = await conversing(stage);
    await stage.mark(ben, conversationId, 3, 'read');
    await stage.mark(ann, conversationId, 8, 'delivered');
    const before = await stage.log(ann);
    const [head, [first]] = [await stage.queries.headCursor(ann), before.filter((e) => e.type === 'message')];
    assert.ok(first?.type === 'message');
    await removeBefore(stage, cutAfter(5));
    const after = await stage.log(ann);
    const isLeft = (event: (typeof before)[number]): boolean => {
      if (event.type === 'message') return event.payload.seq > 5;
      return event.type === 'ack' ? event.payload.seq > 5 : true;
    };
    assert.deepEqual(
      after.map(({ cursor, type }) => [cursor, type]),
      before.filter(isLeft).map(({ cursor, type }) => [cursor, type]),
    );
    assert.equal(await stage.queries.headCursor(ann), head);
    // As a witness it still stands where it stood.
    assert.equal(await stage.queries.messageCursor(ann, first.payload.message_id), first.cursor);
    assert.equal((await stage.queries.messageLocation(first.payload.message_id))?.seq, 1);
    // Positions outlast the messages that they are about.
    const shown = await stage.queries.conversation(ann, conversationId);
    assert.deepEqual(shown?.read_seq.peer, 3);
    // Receipts for what is left still take the place of those before.
    await stage.mark(ben, conversationId, 9, 'read');
    assert.deepEqual(
      (await stage.log(ann)).filter(({ type }) => type === 'ack').map(({ cursor }) => cursor),
      [head + 1],
    );
  });

  test('[C9] a user whose messages were removed can be deleted', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, ben, conversationId, cutAfter } = await conversing(stage);
    await removeBefore(stage, cutAfter(6));
    assert.equal((await stage.remove(ann)).kind, 'deleted');
    for (let left = 'telling'; left !== 'none';) ({ left } = await stage.do('continueSteps', { rows: 2 }));
    const page = await stage.queries.messages(ben, conversationId, { limit: 10 });
    assert.deepEqual(
      page?.messages.map((message) => [message.content, message.is_anonymized]),
      [
        ['m7', true],
        ['m8', false],
        ['m9', true],
        ['m10', false],
      ],
    );
    await removeBefore(stage, cutAfter(10));
    assert.deepEqual(await stage.history(ben, conversationId), []);
  });
};

const howItRuns = (factory: StoreFactory): void => {
  const START = { file: 'a.jsonl', everyMs: 0 };

  test('one run at a time; one that was broken off is taken over, and its archive is continued', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, conversationId, cutAfter } = await conversing(stage);
    const [one, two] = [stage.ids.next(), stage.ids.next()];
    assert.deepEqual(await stage.do('startRetention', { ...START, run: one }), {
      kind: 'started',
      file: 'a.jsonl',
      bytes: 0,
    });
    assert.deepEqual(await stage.do('startRetention', { ...START, run: two }), { kind: 'busy' });
    const page = await stage.queries.expiredMessages({ before: cutAfter(4), after: null, limit: 2 });
    const step = { run: one, ids: page.messages.map(({ id }) => id), file: 'a.jsonl', bytes: 77 };
    assert.deepEqual(await stage.do('removeMessages', step), { kind: 'removed' });
    assert.deepEqual(await stage.do('removeMessages', step), { kind: 'removed' }, 'asked again');
    assert.equal((await stage.queries.retention()).removed, 2);
    stage.clock.advance(RETENTION_SILENT_MS);
    assert.deepEqual(await stage.do('startRetention', { ...START, file: 'b.jsonl', run: two }), {
      kind: 'started',
      file: 'a.jsonl',
      bytes: 77,
    });
    const next = await stage.queries.expiredMessages({ before: cutAfter(4), after: null, limit: 2 });
    const ids = next.messages.map(({ id }) => id);
    const late = { run: one, ids, file: 'a.jsonl', bytes: 99 };
    assert.deepEqual(await stage.do('removeMessages', late), { kind: 'lost' });
    const end = { before: 0, removed: 1, audit: { actor: 'root', origin: 'test' } };
    assert.deepEqual(await stage.do('endRetention', { ...end, run: one }), { kind: 'lost' });
    assert.deepEqual(
      await stage.do('removeMessages', { ...late, run: two, ids: [...ids].reverse().slice(0, 1) }),
      { kind: 'lost' },
      'a message that is not the oldest stays',
    );
    assert.equal((await stage.history(ann, conversationId)).length, 8);
    assert.deepEqual(await stage.do('endRetention', { ...end, run: two }), { kind: 'ended' });
    const [record] = await stage.queries.auditRecords({ before: null, limit: 1 });
    assert.deepEqual([record?.action, record?.detail], ['retention.run', { removed: 1, before_at: 0 }]);
  });

  test('a run that was done a short while ago is not due', async (t) => {
    const stage = await Stage.open(t, factory);
    assert.deepEqual(await stage.queries.retention(), { removed: 0, lastRunAt: null });
    await removeBefore(stage, 0);
    const ended = stage.clock.now();
    assert.equal((await stage.queries.retention()).lastRunAt, ended);
    stage.clock.advance(HOUR_MS - 1);
    const again = { file: 'b.jsonl', everyMs: HOUR_MS };
    assert.deepEqual(await stage.do('startRetention', { ...again, run: stage.ids.next() }), {
      kind: 'not-due',
    });
    stage.clock.advance(1);
    const started = await stage.do('startRetention', { ...again, run: stage.ids.next() });
    assert.equal(started.kind, 'started');
  });

  test('pages go on where the one before ended, though nothing was removed', async (t) => {
    const stage = await Stage.open(t, factory);
    const { ann, cutAfter } = await conversing(stage);
    const cleo = await stage.person('cleo');
    await stage.say(cleo, ann, 'new');
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page: ReturnType<Reads['expiredMessages']> = await stage.queries.expiredMessages({
        before: cutAfter(7),
        after,
        limit: 3,
      });
      seen.push(...page.messages.map(({ content }) => content));
      after = page.next;
      more = after !== null;
    }
    assert.deepEqual(seen, ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7']);
  });

  test('a message from a clock that was ahead keeps nothing that comes after it', async (t) => {
    const stage = await Stage.open(t, factory);
    const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
    await stage.say(ann, ben, 'first');
    stage.clock.advance(1_000 * HOUR_MS);
    await stage.say(ann, ben, 'from the future');
    stage.clock.setBack(1_000 * HOUR_MS);
    await stage.say(ben, ann, 'old');
    const cut = stage.clock.now() + 1;
    stage.clock.advance(HOUR_MS);
    await stage.say(ben, ann, 'new');
    assert.deepEqual(await removeBefore(stage, cut, 10), ['first', 'from the future', 'old']);
  });
};
