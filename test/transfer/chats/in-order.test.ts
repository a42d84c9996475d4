import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentFault } from '../../../server/protocol/fields.ts';
import { sqliteTarget } from '../../../server/transfer/chats/targets.ts';
import { seededRandom, type RandomSource } from '../../support/random-source.ts';
import { scaled } from '../../support/scale.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { importText, Records } from './importing.ts';
import { OWNER_ID, personalChat, telegramText, wholeAccount } from './telegram-export.ts';

/** One entry of a made-up export, and what has to become of it. */
interface Entry {
  readonly peer: number;
  readonly isOwn: boolean;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly text: string;
  readonly hasPhoto: boolean;
}

const TEXTS = ['hello', '🐈', ' ', '', 'a\0b', '\ud83d', '\u200b', 'line\nline', '"quoted" \\ [{'];

const entryOf = (random: RandomSource, peers: number): Entry => ({
  peer: random.between(1, peers),
  isOwn: random.chance(0.5),
  // Few seconds for many messages, and not in their order.
  at: 1_600_000_000 + random.between(0, 20),
  text: random.chance(0.1)
    ? `${'long '.repeat(random.between(1_000, 4_000))}end`
    : `${random.pick(TEXTS)}${random.chance(0.7) ? ` ${String(random.between(0, 1_000_000))}` : ''}`,
  hasPhoto: random.chance(0.2),
});

const FORMATS = {
  telegram: (entries: readonly Entry[], peers: number): string =>
    JSON.stringify(
      wholeAccount(
        Array.from({ length: peers }, (_, index) => {
          const peer = index + 1;
          const own = entries.filter((entry) => entry.peer === peer);
          const messages = own.map(({ isOwn, at, text, hasPhoto }, n) =>
            telegramText(n + 1, isOwn ? OWNER_ID : peer, text, {
              date_unixtime: String(at),
              ...(hasPhoto ? { photo: 'photos/1.jpg' } : {}),
            }),
          );
          return personalChat(peer, messages, `Peer ${String(peer)}`);
        }),
      ),
    ),
  mattermost: (entries: readonly Entry[]): string => {
    const lines = entries.map(({ peer, isOwn, at, text, hasPhoto }) => {
      const name = `peer.${String(peer)}`;
      return {
        type: 'direct_post',
        direct_post: {
          channel_members: ['tom_o', name],
          user: isOwn ? 'tom_o' : name,
          message: text,
          create_at: at * 1000,
          attachments: hasPhoto ? [{ path: 'x' }] : null,
        },
      };
    });
    return [{ type: 'version', version: 1 }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  },
} as const;

/** Duplicates of Mattermost's cannot be told from each other. */
const distinct = (entries: readonly Entry[]): readonly Entry[] => [
  ...new Map(
    entries.map((each) => [
      `${String(each.peer)} ${String(each.isOwn)} ${String(each.at)} ${each.text}`,
      each,
    ]),
  ).values(),
];

const RUNS = scaled({ sample: 6, extended: 20, long: 200 });

for (const format of ['telegram', 'mattermost'] as const)
  test(`${format}: all messages are there in the order of their times, or it is said that they are not`, async (t) => {
    const random = seededRandom();
    for (let run = 0; run < RUNS; run += 1) {
      const peers = random.between(1, 4);
      const entries = distinct(Array.from({ length: random.between(1, 60) }, () => entryOf(random, peers)));
      const good = entries.filter(({ text }) => contentFault(text.slice(0, 100)) === null);
      if (good.length === 0) continue;
      const target = sqliteTarget(join(tempDir(t), 'data'));
      const file = { format, text: FORMATS[format](entries, peers) };
      const imported = await importText(t, file, target, { ids: new SequenceIds() });
      const records = await Records.of(target);
      for (let peer = 1; peer <= peers; peer += 1) {
        const expected = good.filter((entry) => entry.peer === peer).sort((a, b) => a.at - b.at);
        const found = records.between('tom_o', `peer.${String(peer)}`);
        assert.equal(found.map(({ content }) => content).join(''), expected.map(({ text }) => text).join(''));
        assert.deepEqual(
          found.map(({ seq }) => seq),
          found.map((_, at) => at + 1),
        );
        const times = expected.map(({ at }) => at * 1000);
        assert.deepEqual([...new Set(found.map((each) => each.sent_at))], [...new Set(times)]);
      }
      const lost = imported.remarks.filter(({ isTaken }) => !isTaken).length;
      assert.equal(lost, entries.length - good.length, 'whatever is not there was reported');
      const photos = good.filter(({ hasPhoto }) => hasPhoto).length;
      const long = good.filter(({ text }) => text.length > 5_000).length;
      assert.equal(imported.remarks.length - lost, photos + long);
      for (const { username, cursor, id } of records.all('user'))
        assert.equal(records.log(id).length, cursor, `the log of ${String(username)} has no gaps`);
    }
  });
