import { chatDirectory } from './actors/chat-directory.ts';
import { registerShardActors, type ThreadData } from './actors/actor-registry.ts';
import { STORE_FAULT } from './edge/store-health.ts';
import { systemClock } from './runtime/clock.ts';
import { injectDeath } from './runtime/fault-injection.ts';
import { systemIds } from './runtime/ids.ts';
import { logWarnings, openLog } from './runtime/log.ts';
import { Thread } from './runtime/thread.ts';
import type { TaskInput } from './runtime/threads.ts';
import { openQueries } from './storage/queries.ts';

/** A shard thread: the actors whose address falls to it, and a read-only connection. Lives until it is told to stop. */
export default async function shard({ name, ports, data, restarts }: TaskInput<ThreadData>): Promise<void> {
  const log = openLog(data.logLevel, name);
  logWarnings(log);
  const queries = openQueries(data.dataDir, {
    onReplaced: (cause) => {
      log.error({ err: cause }, 'store.connection-replaced');
      thread.stats.count('store_connections_replaced');
    },
    onFault: (code) => {
      thread.stats.count(`${STORE_FAULT}${code}`);
    },
  });
  const thread: Thread = new Thread(
    {
      thread: name,
      directory: chatDirectory(data.shards),
      clock: systemClock,
      ids: systemIds,
      log,
      life: restarts,
    },
    ports,
    { onDie: injectDeath },
  );
  registerShardActors(thread.host, queries, data.testFaults);
  thread.ready();
  await thread.stopped;
  queries.close();
}
