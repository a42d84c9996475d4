import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWriter } from '../server/storage/group-commit.ts';
import type { GroupCommit } from '../server/storage/group-commit.ts';
import { openQueries } from '../server/storage/queries.ts';
import type { OpenQueries } from '../server/storage/queries.ts';
import type { WriteMessage } from '../server/storage/store.ts';
import { SequenceIds } from '../test/support/sequence-ids.ts';

/** Search at size, with writes going on between the searches, printed as Markdown.
 *  `node dist/perf/search-p99.js [messages] [searches a kind]`; 1,000,000 and 200 when not said.
 *
 *  Two people wrote a quarter of all messages to each other (the heavy pair); the rest is spread over 2,000 people in 10,000
 *  pairs. Before each search a batch of 20 messages is committed, and the index gets its step. On a machine that does other
 *  work the CPU columns say more than the clock's. */
const TOTAL = Number(process.argv[2] ?? 1_000_000);
const SEARCHES = Number(process.argv[3] ?? 200);
const PEOPLE = 2_000;
const PAIRS = 10_000;
const BATCH = 500;
const LENGTH = 40;

let seed = 11;
const pick = (bound: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >>> 8) % bound;
};

const SYLLABLES = 'ka lo mi ren ta su vel dor an ist ung er tion pre con ment ble sha ora quin'.split(' ');
/** 4,000 words; a few are said often, most seldom, as in speech. */
const WORDS = Array.from({ length: 4_000 }, () =>
  Array.from({ length: 1 + pick(3) }, () => SYLLABLES[pick(SYLLABLES.length)]).join(''),
);
const word = (): string => WORDS[Math.floor(WORDS.length * (pick(10_000) / 10_000) ** 3)] ?? '';
const HAN = Array.from({ length: 1_200 }, (_, i) => String.fromCharCode(0x4e00 + i * 11));
const han = (): string => HAN[Math.floor(HAN.length * (pick(10_000) / 10_000) ** 2)] ?? '';
const text = (): string => {
  let said = '';
  if (pick(8) === 0) while (said.length < LENGTH) said += han();
  else while (said.length < LENGTH) said += `${said === '' ? '' : ' '}${word()}`;
  return said.slice(0, LENGTH).trim();
};

const ids = new SequenceIds();
const people = Array.from({ length: PEOPLE }, () => ids.next());
const heavy = people[0] ?? '';
const pairs = Array.from({ length: PAIRS }, () => {
  const at = 1 + pick(PEOPLE - 2);
  return [people[at] ?? '', people[at + 1 + pick(PEOPLE - at - 1)] ?? ''] as const;
});
const message = (): WriteMessage => {
  const [low, high] = pick(4) === 0 ? ([heavy, people[1] ?? ''] as const) : (pairs[pick(PAIRS)] ?? ['', '']);
  return {
    type: 'appendMessage',
    input: {
      messageId: ids.next(),
      pair: { low, high },
      senderId: pick(2) === 0 ? low : high,
      newConversationId: ids.next(),
      content: text(),
    },
  };
};
const commit = (writer: GroupCommit, batch: readonly WriteMessage[]): void => {
  if (!writer.commit(batch).every((outcome) => outcome.ok)) throw new Error('a write failed');
};

const enrol = (writer: GroupCommit): void => {
  commit(
    writer,
    people.map((id, i) => ({
      type: 'registerUser',
      input: {
        id,
        username: `person-${String(i)}`,
        passwordHash: 'none',
        session: {
          id: ids.next(),
          refreshHash: Buffer.from(ids.next()),
          ttlMs: 1e9,
          ipAddress: '',
          userAgent: '',
        },
        inviteHash: null,
        signups: null,
      },
    })),
  );
};

/** Microseconds of CPU, user and system. */
const spent = (run: () => void): number => {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

const elapsedMs = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e6;
const quantile = (sorted: readonly number[], q: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(2);

const KINDS: readonly (readonly [name: string, q: () => string])[] = [
  ['a common word', () => WORDS[pick(20)] ?? ''],
  ['a seldom word', () => WORDS[3_000 + pick(900)] ?? ''],
  ['two words', () => `${word()} ${word()}`],
  ['two characters', () => (SYLLABLES[pick(SYLLABLES.length)] ?? '').slice(0, 2)],
  ['one Chinese character', () => han()],
  ['two Chinese characters', () => han() + han()],
  ['nothing like it', () => `${SYLLABLES[pick(20)] ?? ''}zx${String(pick(100))}`],
  [
    'common parts, no hit',
    () => `${SYLLABLES[pick(20)] ?? ''}${word()}${word()}${SYLLABLES[pick(20)] ?? ''}`,
  ],
];

const measure = (writer: GroupCommit, queries: OpenQueries): void => {
  const all: number[] = [];
  const allCpu: number[] = [];
  print('| search | viewer | p50 ms | p99 ms | CPU p50 ms | CPU p99 ms | hits, mean |');
  print('|---|---|---|---|---|---|---|');
  for (const [name, q] of KINDS) {
    for (const viewer of ['heavy', 'any'] as const) {
      const times: number[] = [];
      const cpu: number[] = [];
      let hits = 0;
      for (let i = 0; i < SEARCHES; i += 1) {
        commit(writer, Array.from({ length: 20 }, message));
        writer.indexSome();
        const who = viewer === 'heavy' ? heavy : (people[pick(PEOPLE)] ?? '');
        const sought = q();
        const started = process.hrtime.bigint();
        const used = spent(() => {
          hits += queries.search(who, sought, { limit: 50 }).messages.length;
        });
        times.push(elapsedMs(started));
        cpu.push(used / 1000);
      }
      times.sort((a, b) => a - b);
      cpu.sort((a, b) => a - b);
      all.push(...times);
      allCpu.push(...cpu);
      const row = [
        name,
        viewer,
        ...[times, cpu].flatMap((each) => [quantile(each, 0.5), quantile(each, 0.99)]),
      ];
      print(`| ${row.join(' | ')} | ${(hits / SEARCHES).toFixed(1)} |`);
    }
  }
  all.sort((a, b) => a - b);
  allCpu.sort((a, b) => a - b);
  const row = [all, allCpu].flatMap((each) => [quantile(each, 0.5), `**${quantile(each, 0.99)}**`]);
  print(`| **all** | | ${row.join(' | ')} | |`);
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const dir = mkdtempSync(join(tmpdir(), 'parley-search-'));
try {
  const writer = openWriter(dir);
  enrol(writer);
  let appendCpu = 0;
  let indexCpu = 0;
  for (let at = 0; at < TOTAL; at += BATCH) {
    const batch = Array.from({ length: BATCH }, message);
    appendCpu += spent(() => {
      for (let from = 0; from < BATCH; from += 50) commit(writer, batch.slice(from, from + 50));
    });
    indexCpu += spent(() => {
      while (writer.indexSome());
    });
  }
  writer.truncate();
  const bytes = readdirSync(dir).reduce((sum, file) => sum + statSync(join(dir, file)).size, 0);
  print(`${TOTAL.toLocaleString('en')} messages of ${String(LENGTH)} characters, ${String(PEOPLE)} people\n`);
  print(
    `- append: ${(appendCpu / TOTAL).toFixed(1)} µs of CPU each, 50 to a commit, at random over ${String(PAIRS)} pairs`,
  );
  print(`- search index, behind the commits: ${(indexCpu / TOTAL).toFixed(1)} µs of CPU each`);
  print(`- on disk: ${(bytes / TOTAL).toFixed(0)} bytes each, everything included\n`);
  const queries = openQueries(dir);
  measure(writer, queries);
  queries.close();
  writer.close();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
