import { chatDirectory } from './actors/chat-directory.ts';
import { deliver } from './actors/deliver.ts';
import type { ThreadData } from './actors/actor-registry.ts';
import { injectPoison } from './actors/poison-injection.ts';
import { STORE_FAULT } from './edge/store-health.ts';
import { systemClock } from './runtime/clock.ts';
import { injectDeath } from './runtime/fault-injection.ts';
import { systemIds } from './runtime/ids.ts';
import { logWarnings, openLog } from './runtime/log.ts';
import { LogLimit } from './runtime/log-limit.ts';
import { Thread } from './runtime/thread.ts';
import type { Refusal, TaskInput } from './runtime/threads.ts';
import { Maintenance } from './storage/maintenance.ts';

import { WriteQueue } from './storage/write-queue.ts';
import { openWriter, type GroupCommit } from './storage/group-commit.ts';

/** The writer thread: the only read-write connection. Lives until it is told to stop, then has committed all that waited. */
export default async function writer({
  name,
  ports,
  data,
  restarts,
}: TaskInput<ThreadData>): Promise<Refusal | undefined> {
  const log = openLog(data.logLevel, name);
  logWarnings(log);
  const failedCommits = new LogLimit(systemClock);
  let store: GroupCommit;
  try {
    store = openWriter(data.dataDir, {
      clock: systemClock,
      // Under living sockets, after a restart of this thread alone, people are online still.
      sweep: restarts === 0,
      onThorough: (found) => {
        log.warn({ found }, 'store.check');
      },
      sessionTtlMs: data.sessionTtlMs,
      onCommit: ({ size, durationMs, failures, cause }) => {
        thread.stats.count('writes', size);
        thread.stats.count('write_failures', failures);
        thread.stats.sample('commit_writes', size);
        thread.stats.sample('commit_ms', durationMs);
        if (cause === undefined) return;
        if (cause.startsWith('SQLITE_')) thread.stats.count(`${STORE_FAULT}${cause}`);
        const suppressed = failedCommits.pass(cause.startsWith('SQLITE_') ? cause : 'other');
        if (suppressed !== null) log.error({ cause, size, failures, suppressed }, 'commit.failed');
      },
    });
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
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
    {
      onDie: injectDeath,
      beforeStop: () => {
        queue.drain();
      },
    },
  );
  const queue: WriteQueue = new WriteQueue(
    thread.host,
    data.testFaults ? obeying(store) : store,
    (events) => {
      deliver(events, thread.host);
    },
  );
  queue.continueDeletions();
  const maintenance = new Maintenance(store, queue, systemClock, log);
  maintenance.start();
  thread.ready();
  await thread.stopped;
  maintenance.stop();
  store.close();
  return undefined;
}

/** Test only: a writer that poison takes down. */
const obeying = (store: GroupCommit): Pick<GroupCommit, 'commit'> => ({
  commit(batch) {
    for (const write of batch)
      if (write.type === 'appendMessage') injectPoison(write.input.content, 'writer');
    return store.commit(batch);
  },
});
