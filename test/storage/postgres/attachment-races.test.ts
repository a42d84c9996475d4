import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UNSENT_ATTACHMENT_KEPT_MS, UNSENT_ATTACHMENTS_MAX } from '../../../server/protocol/limits.ts';
import type { StoredAttachment } from '../../../server/storage/attachments/stored-attachment.ts';
import { pairOf } from '../../../server/storage/pair.ts';
import type { Writes } from '../../../server/storage/writes.ts';
import { withoutPostgres } from '../../support/postgres.ts';
import { attachmentOf } from '../attaching.ts';
import { kindsOf, SeveralHosts, times } from './several-hosts.ts';

const ROUNDS = 20;
const BYTES = 3;

/** An attachment, with the chunks that an upload has stored before. */
const upload = async (hosts: SeveralHosts, userId: string, size = BYTES): Promise<StoredAttachment> => {
  const attachment = { ...attachmentOf(hosts.ids.next(), 'a file'), size };
  await hosts.change(`INSERT INTO attachment_uploads VALUES ('${attachment.id}', 0)`);
  await hosts.change(
    `INSERT INTO attachment_chunks SELECT '${attachment.id}', n, 'abc' FROM generate_series(0, 1) n`,
  );
  assert.deepEqual(await hosts.do('addAttachment', { userId, attachment }), { kind: 'added' });
  return attachment;
};

const send = (
  hosts: SeveralHosts,
  from: string,
  to: string,
  ...attachments: readonly StoredAttachment[]
): Promise<Writes['appendMessage']['out']> =>
  hosts.do('appendMessage', {
    ...{ messageId: hosts.ids.next(), senderId: from, content: '', pair: pairOf(from, to) },
    newConversationId: hosts.ids.next(),
    attachments: attachments.map(({ id }) => id),
  });

const users = (hosts: SeveralHosts): Promise<string[]> =>
  Promise.all(['ann', 'ben', 'eve'].map((name) => hosts.user(name)));

const counts = async (hosts: SeveralHosts): Promise<readonly number[]> => {
  const [found] = await hosts.rows<[number, number, number, number]>(
    `SELECT (SELECT count(*) FROM attachments), (SELECT count(*) FROM attachment_chunks),
       (SELECT count(*) FROM attachment_uploads), (SELECT count(*) FROM pending_attachments)`,
  );
  return found ?? [];
};

const pruneAll = async (hosts: SeveralHosts): Promise<void> => {
  for (let more = true; more;) {
    const steps = await Promise.all(times(2, () => hosts.do('prune', { budget: 7 })));
    more = steps.some((step) => step.more);
  }
};

describe('attachments, written by two hosts at the same moment', { skip: withoutPostgres }, () => {
  test('[G3] of two messages that name the same attachment one has it', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const [ann = '', ben = '', eve = ''] = await users(hosts);
    for (let round = 0; round < ROUNDS; round += 1) {
      const file = await upload(hosts, ann);
      const results = await Promise.all([send(hosts, ann, ben, file), send(hosts, ann, eve, file)]);
      assert.deepEqual(kindsOf(results), { appended: 1, 'bad-attachment': 1 });
    }
    const bound = 'SELECT count(*) FROM attachments WHERE conversation IS NOT NULL AND position = 0';
    assert.deepEqual(await hosts.rows(bound), [[ROUNDS]]);
    const named = 'SELECT count(*), count(DISTINCT attachments[1]) FROM messages';
    assert.deepEqual(await hosts.rows(named), [[ROUNDS, ROUNDS]]);
    assert.equal(hosts.retries, 0);
  });

  test('[G3] whoever names an attachment of somebody else gets in nobody’s way', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const [ann = '', ben = '', eve = ''] = await users(hosts);
    for (let round = 0; round < ROUNDS; round += 1) {
      const file = await upload(hosts, ann);
      const [bad, sent] = await Promise.all([send(hosts, eve, ben, file), send(hosts, ann, ben, file)]);
      assert.deepEqual([bad.kind, sent.kind], ['bad-attachment', 'appended']);
    }
    assert.equal(hosts.retries, 0);
  });

  test('[G3] [G6] an attachment that is just being removed is sent whole, or refused', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const [ann = '', ben = ''] = await users(hosts);
    let sent = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const files = [await upload(hosts, ann), await upload(hosts, ann)];
      hosts.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
      const writes = [() => send(hosts, ann, ben, ...files), () => hosts.do('prune', { budget: 10 })];
      const [a, b] = await Promise.all((round % 2 === 0 ? writes : writes.reverse()).map((write) => write()));
      const message = [a, b].find((result) => result !== undefined && 'kind' in result);
      assert.ok(message !== undefined && 'kind' in message);
      await pruneAll(hosts);
      if (message.kind === 'appended') sent += 1;
      else assert.equal(message.kind, 'bad-attachment');
      assert.deepEqual(await counts(hosts), [2 * sent, 4 * sent, 0, 0]);
    }
    assert.equal(hosts.retries, 0);
  });

  test('[G6] no number of uploads at once exceeds what a user may have', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const [ann = ''] = await users(hosts);
    const results = await Promise.all(
      times(UNSENT_ATTACHMENTS_MAX + ROUNDS, (n) =>
        hosts.do('addAttachment', {
          userId: ann,
          attachment: attachmentOf(hosts.ids.next(), String(n)),
        }),
      ),
    );
    assert.deepEqual(kindsOf(results), { added: UNSENT_ATTACHMENTS_MAX, 'too-many': ROUNDS });
  });

  test('[G7] [A5] both users let go at the same moment, whatever each of them does', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const audit = { actor: 'root', origin: 'console' };
    for (let round = 0; round < 9; round += 1) {
      const [ann, ben] = [await hosts.user(`ann${String(round)}`), await hosts.user(`ben${String(round)}`)];
      const pair = pairOf(ann, ben);
      const sent = await send(hosts, ann, ben, await upload(hosts, ann), await upload(hosts, ann));
      assert.ok(sent.kind === 'appended');
      const { conversationId } = sent;
      const go = (userId: string, isDeleted: boolean): Promise<unknown> =>
        isDeleted
          ? hosts.do('deleteUser', { userId, audit })
          : hosts.do('hideConversation', { userId, conversationId, pair });
      await Promise.all([go(ann, round % 3 > 0), go(ben, round % 3 > 1), hosts.do('prune', { budget: 7 })]);
      for (let left = 'telling'; left !== 'none';)
        ({ left } = await hosts.do('continueSteps', { rows: 100 }));
      await pruneAll(hosts);
      assert.deepEqual(await counts(hosts), [0, 0, 0, 0], String(round % 3));
    }
  });

  test('[G7] [P9] a step removes few bytes, and chunks go with their attachment', async (t) => {
    const hosts = await SeveralHosts.open(t);
    const [ann = ''] = await users(hosts);
    const large = 3 * 1024 * 1024;
    for (let n = 0; n < 5; n += 1) await upload(hosts, ann, large);
    await upload(hosts, ann);
    assert.deepEqual(await counts(hosts), [6, 12, 0, 0]);
    hosts.clock.advance(UNSENT_ATTACHMENT_KEPT_MS);
    for (let more = true, before = 6; more;) {
      ({ more } = await hosts.do('prune', { budget: 100 }));
      const [left = 0, chunks] = await counts(hosts);
      assert.ok(before - left <= 3, 'at most two large ones, and the small one');
      assert.equal(chunks, 2 * left);
      before = left;
    }
    assert.deepEqual(await counts(hosts), [0, 0, 0, 0]);
  });
});
