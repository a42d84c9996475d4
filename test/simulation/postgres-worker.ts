import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'node:worker_threads';
import { ParleyError } from '../../server/protocol/errors.ts';
import { systemClock, type Clock } from '../../server/runtime/clock.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import { resetPresence } from '../../server/storage/postgres/at-writer-start.ts';
import { openPostgresOn } from '../storage/postgres-on.ts';

/** The thread of `PostgresSimStore`: does what it is told, one thing after the other, and says so in shared memory, for whoever
 *  waits there cannot hear a message. */
export interface StoreCall {
  readonly what: 'names' | 'query' | 'commit' | 'open-writer' | 'close';
  readonly name?: string;
  readonly args?: readonly unknown[];
  readonly now: number;
  readonly monotonic: number;
}
export type StoreReply = { readonly value: unknown } | { readonly fault: { code: string; detail: string } };

export interface StoreThreadData {
  readonly url: string;
  readonly port: MessagePort;
  /** Rises with each answer. */
  readonly answered: Int32Array;
}

const { url, port, answered } = workerData as StoreThreadData;

const time = { now: 0, monotonic: 0 };
/** The time of the history; what PostgreSQL itself is waited for is real. */
const clock: Clock = {
  now: () => time.now,
  monotonic: () => time.monotonic,
  after: (ms, run) => systemClock.after(ms, run),
};
let opened = openPostgresOn(url, clock);

const handle = async ({ what, name = '', args = [] }: StoreCall): Promise<unknown> => {
  switch (what) {
    case 'names':
      return Object.keys(opened.queries);
    case 'query': {
      const queries = opened.queries as unknown as Record<string, (...given: readonly unknown[]) => unknown>;
      return await queries[name]?.(...args);
    }
    case 'commit':
      return await opened.commit(args as readonly WriteMessage[]);
    case 'open-writer':
      await opened.close();
      opened = openPostgresOn(url, clock);
      if (args[0] === true) await resetPresence(opened.database);
      return null;
    case 'close':
      await opened.close();
      return null;
  }
};

const reply = (answer: StoreReply): void => {
  port.postMessage(answer);
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
};

port.on('message', (call: StoreCall) => {
  time.now = call.now;
  time.monotonic = call.monotonic;
  handle(call).then(
    (value) => {
      reply({ value });
    },
    (error: unknown) => {
      const code = error instanceof ParleyError ? error.code : '';
      reply({
        fault: { code, detail: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      });
    },
  );
});
