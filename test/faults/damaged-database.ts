import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { openReads } from '../../server/storage/sqlite/queries.ts';
import { StoreError, sqliteCode } from '../../server/storage/store-error.ts';
import { http } from '../support/http-client.ts';
import type { RandomSource } from '../support/random-source.ts';
import { within } from '../support/deadline.ts';
import { failedStart, ServerProcess } from '../support/server-process.ts';
import { makeDir, removeDir, tempDir, type Scope } from '../support/temp-dir.ts';
import type { Fault } from './fault.ts';
import { scoped } from './scoped.ts';
import { openStore, Talk } from './store-writer.ts';

const COMMITS = 400;
/** Of so many damages one is given to a whole server. */
const SERVER_EVERY = 25;
const HEADER_SHARE = 0.2;

interface Damage {
  readonly what: string;
  readonly bytes: Buffer;
}

const makeWhole = (scope: Scope, random: RandomSource): { bytes: Buffer; pair: Talk['pair'] } => {
  const folder = tempDir(scope);
  const talk = new Talk(random);
  const { store } = openStore(folder);
  store.commit(talk.people());
  let conversationId: string | null = null;
  for (let n = 0; n < COMMITS; n += 1) {
    const [first] = store.commit(talk.batch(conversationId, n + 1));
    if (first?.ok === true && 'conversationId' in first.result) ({ conversationId } = first.result);
  }
  while (store.indexSome());
  store.close();
  return { bytes: readFileSync(join(folder, DATABASE_FILE)), pair: talk.pair };
};

const damage = (whole: Buffer, random: RandomSource): Damage => {
  const bytes = Buffer.from(whole);
  const inHeader = random.chance(HEADER_SHARE);
  const at = random.between(0, inHeader ? 99 : whole.length - 1);
  switch (random.between(0, 3)) {
    case 0: {
      bytes[at] = random.between(0, 255);
      return { what: `byte ${String(at)}`, bytes };
    }
    case 1: {
      const length = random.pick([16, 512, 4096]);
      bytes.fill(random.pick([0, 0xff]), at, Math.min(at + length, bytes.length));
      return { what: `${String(length)} bytes at ${String(at)}`, bytes };
    }
    case 2:
      return { what: `cut at ${String(at)}`, bytes: bytes.subarray(0, at) };
    default: {
      // Bytes 16 and 17 are the size of a page.
      bytes.writeUInt16BE(random.pick([512, 1024, 8192, 32_768, 1, 3]), 16);
      return { what: 'another page size', bytes };
    }
  }
};

/** Opened or refused with a sentence; what reads or writes fail with is an SQLite code. Says what came of it. */
const touch = (folder: string, pair: Talk['pair']): 'refused' | 'failing' | 'serving' => {
  let opened: ReturnType<typeof openStore>;
  try {
    opened = openStore(folder);
  } catch (error) {
    if (error instanceof StoreError)
      assert.match(error.message, /restore|another program|newer|locked|opened/);
    else assert.notEqual(sqliteCode(error), '', String(error));
    return 'refused';
  }
  let outcome: 'failing' | 'serving' = 'serving';
  const attempt = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      outcome = 'failing';
      assert.ok(error instanceof Error, String(error));
    }
  };
  const [write] = opened.store.commit([{ type: 'probe', input: {} }]);
  if (write?.ok !== true) outcome = 'failing';
  attempt(() => opened.store.indexSome());
  attempt(() => {
    const queries = openReads(folder);
    try {
      queries.conversations(pair.first, 50, null);
      queries.eventsAfter(pair.first, 0, 100);
      queries.search(pair.first, 'xx', { limit: 10 });
    } finally {
      queries.close();
    }
  });
  attempt(() => {
    opened.store.close();
  });
  return outcome;
};

/** A whole server: up, or ended with 74 and a sentence; never again and again. */
const start = async (scope: Scope, folder: string): Promise<'up' | 'refused'> => {
  const server = ServerProcess.start(scope, { PARLEY_SHARDS: '1' }, folder);
  const up = await server.catch(() => null);
  if (up !== null) {
    assert.ok((await http('GET', `${up.url}/healthz`)).status === 200);
    return 'up';
  }
  const { code, output } = await failedStart(scope, { PARLEY_DATA_DIR: folder });
  assert.ok(code === 74 || code === 70, output);
  assert.match(output, /Parley can't run: /);
  return 'refused';
};

export const damagedDatabase: Fault = {
  name: 'damaged-database',
  proves: 'R-6 a damaged file is refused with a sentence or served with errors, no crash loop',
  sample: 3,
  small: 60,
  full: 1_000,
  async run(scope, { rounds, random, say }) {
    const { bytes: whole, pair } = makeWhole(scope, random);
    const seen = new Map<string, number>();
    const count = (what: string): void => {
      seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    for (let n = 1; n <= rounds; n += 1) {
      const { what, bytes } = damage(whole, random);
      const folder = makeDir();
      try {
        const file = join(folder, DATABASE_FILE);
        writeFileSync(file, bytes);
        if (n % SERVER_EVERY === 0) {
          copyFileSync(file, `${file}-shm`);
          count(
            `server ${await within(
              60_000,
              'a verdict',
              scoped((own) => start(own, folder)),
            )}`,
          );
        } else count(touch(folder, pair));
      } catch (error) {
        throw new Error(`damage ${String(n)}, ${what}`, { cause: error });
      } finally {
        removeDir(folder);
      }
      if (n % 200 === 0) say(`damaged-database: ${String(n)}`);
    }
    return { damages: rounds, ...Object.fromEntries(seen) };
  },
};
