import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { openReads } from '../../server/storage/sqlite/queries.ts';
import { conversationBetween } from '../support/conversation-between.ts';
import type { RandomSource } from '../support/random-source.ts';
import { makeDir, removeDir, tempDir, type Scope } from '../support/temp-dir.ts';
import type { Fault } from './fault.ts';
import { appendedIds, openStore, Talk } from './store-writer.ts';

const COMMITS = 60;
const SECTOR = 512;

interface Original {
  readonly file: string;
  readonly log: Buffer;
  readonly pair: Talk['pair'];
  /** Message ids by commit, in the order of their seqs. */
  readonly commits: readonly (readonly string[])[];
}

/** A database whose last commits are in its log alone. */
const original = (scope: Scope, random: RandomSource): Original => {
  const folder = tempDir(scope);
  const talk = new Talk(random);
  const { store } = openStore(folder);
  store.commit(talk.people());
  store.truncate();
  const commits: (readonly string[])[] = [];
  let conversationId: string | null = null;
  for (let n = 0; n < COMMITS; n += 1) {
    const batch = talk.batch(conversationId, commits.flat().length);
    const [first] = store.commit(batch);
    if (first?.ok === true && 'conversationId' in first.result) ({ conversationId } = first.result);
    commits.push(appendedIds(batch));
  }
  const kept = tempDir(scope);
  const file = join(kept, DATABASE_FILE);
  copyFileSync(join(folder, DATABASE_FILE), file);
  const log = readFileSync(join(folder, `${DATABASE_FILE}-wal`));
  store.close();
  return { file, log, pair: talk.pair, commits };
};

const damage = (log: Buffer, random: RandomSource): { what: string; bytes: Buffer } => {
  const at = random.between(0, log.length - 1);
  switch (random.between(0, 2)) {
    case 0:
      return { what: `cut at ${String(at)}`, bytes: log.subarray(0, at) };
    case 1: {
      const bytes = Buffer.from(log);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
      return { what: `a bit turned at ${String(at)}`, bytes };
    }
    default: {
      const from = at - (at % SECTOR);
      const bytes = Buffer.from(log);
      bytes.fill(0, from, Math.min(from + SECTOR, bytes.length));
      return { what: `a sector of zeros at ${String(from)}`, bytes };
    }
  }
};

/** Opens, is whole, and holds the first so many commits: all of each, in order, and nothing of the next. */
const checkPrefix = (folder: string, { pair, commits }: Original): number => {
  const { db, store } = openStore(folder);
  assert.deepEqual(db.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
  assert.deepEqual(db.pragma('foreign_key_check'), []);
  const queries = openReads(folder);
  let kept = 0;
  let seq = 0;
  for (const commit of commits) {
    const places = commit.map((id) => queries.messageLocation(id)?.seq ?? null);
    if (places.every((place) => place === null)) break;
    for (const place of places) assert.equal(place, (seq += 1), 'half a commit');
    kept += 1;
  }
  for (const id of commits.slice(kept).flat()) assert.equal(queries.messageLocation(id), null, 'no prefix');
  assert.equal(conversationBetween(queries, pair)?.last_seq ?? 0, seq);
  for (const user of [pair.first, pair.second]) {
    const page = queries.eventsAfter(user, 0, 10_000);
    assert.equal(page.events.filter(({ type }) => type === 'message').length, seq);
    assert.equal(page.cursor, queries.headCursor(user));
  }
  queries.close();
  // It serves on: the next message stands at the next place.
  const [next] = store.commit([
    {
      type: 'appendMessage',
      input: {
        messageId: crypto.randomUUID(),
        pair,
        senderId: pair.first,
        newConversationId: crypto.randomUUID(),
        content: 'the next',
      },
    },
  ]);
  assert.ok(next?.ok === true && 'seq' in next.result && next.result.seq === seq + 1);
  store.close();
  return kept;
};

export const damagedWal: Fault = {
  name: 'damaged-wal',
  proves: 'P1 R-3 what survives a torn log is a prefix of the commits',
  sample: 5,
  small: 100,
  full: 2_000,
  run(scope, { rounds, random, say }) {
    let whole = original(scope, random);
    let keptCommits = 0;
    for (let n = 1; n <= rounds; n += 1) {
      if (n % 100 === 0) whole = original(scope, random);
      const { what, bytes } = damage(whole.log, random);
      const folder = makeDir();
      try {
        copyFileSync(whole.file, join(folder, DATABASE_FILE));
        writeFileSync(join(folder, `${DATABASE_FILE}-wal`), bytes);
        keptCommits += checkPrefix(folder, whole);
      } catch (error) {
        throw new Error(`mutation ${String(n)}, ${what}`, { cause: error });
      } finally {
        removeDir(folder);
      }
      if (n % 500 === 0) say(`damaged-wal: ${String(n)} mutations`);
    }
    return Promise.resolve({ mutations: rounds, 'commits kept, mean': Math.round(keptCommits / rounds) });
  },
};
