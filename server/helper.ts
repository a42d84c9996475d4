import { hashSync, verifySync } from '@node-rs/argon2';
import { workerData } from 'node:worker_threads';
import type { HelperData } from './actors/actor-registry.ts';
import { encodePage } from './actors/connection/encode-page.ts';
import type { HelperQuestion } from './actors/services/helper.ts';
import { DATABASE, STORE_FAULT } from './edge/ops/count-names.ts';
import { ParleyError } from './protocol/errors.ts';
import { jsonText } from './protocol/json-text.ts';
import { faultOf } from './runtime/fault.ts';
import { systemIds } from './runtime/ids.ts';
import { logWarnings, openLog } from './runtime/log/log.ts';
import type { TaskOutcome } from './runtime/threads/pool.ts';
import { cannotRead } from './storage/read-fault.ts';
import { openStoreQueries, storeClock } from './storage/stores/open-queries.ts';
import { sqliteCode, StoreError } from './storage/store-error.ts';
import type { Queries, QueryName } from './storage/reads.ts';

/** argon2id's costs (OWASP's first choice): never below these. `memoryCost` in KiB. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PINNED = {
  // Their names (Argon2id, V0x13) are ambient const enums, which isolated modules can't read.
  algorithm: 2,
  version: 1,
  outputLen: 32,
  ...COSTS,
} as const;

const log = openLog('error', 'helper');
logWarnings(log);

/** One task of the helper pool: a password hash, a password check, or a read that is too long for a thread that serves
 *  people. argon2 is called synchronously: its asynchronous form runs in libuv's pool, where it starves everything
 *  else of the process. Nothing is thrown: an Error loses its class on the way to the caller. */
export default async function perform(question: HelperQuestion): Promise<TaskOutcome> {
  const outcome = await attempt(question);
  if (Object.keys(counted).length === 0) return outcome;
  const since = counted;
  counted = {};
  return { ...outcome, counted: since };
}

const attempt = async (question: HelperQuestion): Promise<TaskOutcome> => {
  try {
    return { ok: true, result: await answerTo(question) };
  } catch (thrown) {
    // A thread opens its connection with its first read, and that may be when the disk has failed already.
    const error = thrown instanceof StoreError ? cannotOpen(thrown) : thrown;
    if (!(error instanceof ParleyError)) log.error({ err: error, task: question.type }, 'task failed');
    return { ok: false, fault: faultOf(error) };
  }
};

const cannotOpen = (cause: StoreError): ParleyError => {
  count(`${STORE_FAULT}${sqliteCode(cause.cause) || 'SQLITE_CANTOPEN'}`);
  return cannotRead(cause);
};

/** Since the last task; it travels with the outcome of the next one. */
let counted: Record<string, number> = {};
const count = (name: string, by = 1): void => {
  counted[name] = (counted[name] ?? 0) + by;
};

const answerTo = (question: HelperQuestion): unknown => {
  switch (question.type) {
    case 'hash':
      return hashSync(question.password, PINNED);
    case 'verify':
      return verify(question.password, question.hash);
    case 'query':
      return query(question.name, question.args);
    case 'json':
      return query(question.name, question.args).then((found) => (found === null ? null : jsonText(found)));
    case 'log': {
      const { userId, cursor, limit, undeliveredOnly } = question;
      const page = undeliveredOnly
        ? queries().undelivered(userId, cursor, limit)
        : queries().eventsAfter(userId, cursor, limit);
      return page.then((found) => encodePage(found, userId, systemIds));
    }
    case 'logs': {
      const { asked, limit } = question;
      return queries()
        .logs(asked, limit)
        .then((pages) => pages.map((page, i) => encodePage(page, asked[i]?.userId ?? '', systemIds)));
    }
  }
};

/** Without a stored hash, checks against a dummy hash, so that an unknown name takes as long as a known one. */
const verify = (password: string, hash: string | null): { ok: boolean; outdated: boolean } => {
  if (hash === null) {
    verifySync(dummyHash(), password);
    return { ok: false, outdated: false };
  }
  const ok = verifySync(hash, password);
  return { ok, outdated: ok && isOutdated(hash) };
};

let dummy: string | undefined;
const dummyHash = (): string => (dummy ??= hashSync(systemIds.random(32), PINNED));
// Made before the first task: made within one, it would double the time of the first unknown name.
dummyHash();

/** Whether any cost in `$argon2id$v=19$m=19456,t=2,p=1$…` lies below today's. */
const isOutdated = (hash: string): boolean => {
  const costs = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(hash);
  if (costs === null) return true;
  const [, memory, time, lanes] = costs.map(Number);
  return (memory ?? 0) < COSTS.memoryCost || (time ?? 0) < COSTS.timeCost || (lanes ?? 0) < COSTS.parallelism;
};

let opened: Queries | undefined;
/** This thread's own reading connections, from its first query on. */
const queries = (): Queries => (opened ??= open(workerData as HelperData));

const open = ({ store, connections }: HelperData): Queries =>
  openStoreQueries(store, storeClock(store), {
    connections,
    onReplaced: (cause) => {
      log.error({ err: cause }, 'store.connection-replaced');
      count('store_connections_replaced');
    },
    onFault: (code) => {
      count(`${STORE_FAULT}${code}`);
    },
    onCount: (name, by) => {
      count(`${DATABASE}${name}`, by);
    },
  }).queries;

const query = (name: QueryName, args: readonly unknown[]): Promise<unknown> => {
  const all = queries() as unknown as Record<QueryName, (...args: readonly unknown[]) => Promise<unknown>>;
  return all[name](...args);
};
