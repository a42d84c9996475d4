import { chatDirectory } from './actors/directory.ts';
import { registerShardActors, type ThreadData } from './actors/actor-registry.ts';
import { DATABASE, STORE_FAULT } from './edge/ops/count-names.ts';
import { faultsOf } from './faults/faults.ts';
import { systemIds } from './runtime/ids.ts';
import { logWarnings, openLog } from './runtime/log/log.ts';
import { Thread } from './runtime/threads/thread.ts';
import type { TaskInput } from './runtime/threads/threads.ts';
import { openStoreQueries, storeClock } from './storage/stores/open-queries.ts';

/** With PostgreSQL. Point queries are short. */
const POINT_QUERY_CONNECTIONS = 2;

/** A shard thread: the actors whose address falls to it, and a read-only connection. Lives until it is told to stop. */
export default async function shard(input: TaskInput<ThreadData>): Promise<void> {
  const { name, data, restarts } = input;
  const log = openLog(data.logLevel, name);
  logWarnings(log);
  const faults = faultsOf(data.testFaults);
  const clock = storeClock(data.store);
  const store = openStoreQueries(data.store, clock, {
    connections: POINT_QUERY_CONNECTIONS,
    onReplaced: (cause) => {
      log.error({ err: cause }, 'store.connection-replaced');
      thread.stats.count('store_connections_replaced');
    },
    onFault: (code) => {
      thread.stats.count(`${STORE_FAULT}${code}`);
    },
    onCount: (count, by) => {
      thread.stats.count(`${DATABASE}${count}`, by);
    },
  });
  const thread: Thread = new Thread(
    {
      thread: name,
      directory: chatDirectory(data.shards),
      clock,
      ids: systemIds,
      log,
      life: restarts,
    },
    input,
    { onDie: faults.die },
  );
  registerShardActors(thread.host, store.queries);
  thread.ready();
  await thread.stopped;
  store.close();
}
