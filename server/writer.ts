import { chatDirectory } from './actors/directory.ts';
import { databaseCopy, type CancelCopy, type CopyQuestion } from './actors/services/database-copy.ts';
import { edge } from './actors/services/edge.ts';
import { notices as noticesRef, type NoticesMessage } from './actors/services/notices.ts';
import { tracing } from './actors/services/tracing.ts';
import { announce, noticeOfCommit } from './actors/announce.ts';
import type { NoticeSettings, ThreadData } from './actors/actor-registry.ts';
import { DATABASE, NOTICES, STORE_FAULT } from './edge/ops/count-names.ts';
import { EarlyCounts } from './edge/ops/early-counts.ts';
import { brokerName, parseBroker } from './notifier/broker-options.ts';
import { HostNotices, type HostNoticesDeps } from './notifier/host-notices.ts';
import { NoticeFigures } from './notifier/notice-figures.ts';
import { openNotifier } from './notifier/open-notifier.ts';
import { replyTo } from './runtime/actor.ts';
import { kindOf } from './runtime/address.ts';
import { sharedMicros, systemClock } from './runtime/clock.ts';
import { faultOf } from './runtime/fault.ts';
import { faultsOf } from './faults/faults.ts';
import { systemIds } from './runtime/ids.ts';
import { logWarnings, openLog } from './runtime/log/log.ts';
import { LogLimit } from './runtime/log/log-limit.ts';
import type { Stats } from './runtime/threads/stats.ts';
import { Thread } from './runtime/threads/thread.ts';
import type { Refusal, TaskInput } from './runtime/threads/threads.ts';
import { notificationConnections } from './storage/postgres/notification-connection.ts';
import { copyFault } from './storage/sqlite/copy-database.ts';
import { WriteQueue } from './storage/write-queue.ts';
import type { WriteTimes } from './storage/write-trace.ts';
import type { WriteMessage } from './storage/writes.ts';
import { storeClock } from './storage/stores/open-queries.ts';
import {
  openStoreWriter,
  type OpenStoreWriter,
  type StoreWriterOptions,
} from './storage/stores/open-writer.ts';

type Input = TaskInput<ThreadData>;

/** Codes of SQLite, of PostgreSQL (SQLSTATE) and of the network. */
const IS_CODE = /^(SQLITE_\w+|[0-9A-Z]{5}|E[A-Z]+)$/;

/** The writer thread: all that writes to the store. Lives until it is told to stop, then has committed all that waited. */
export default async function writer(input: Input): Promise<Refusal | undefined> {
  const { name, data, restarts } = input;
  const log = openLog(data.logLevel, name);
  logWarnings(log);
  const faults = faultsOf(data.testFaults);
  const clock = storeClock(data.store);
  // The store connects before there is a thread whose figures it counts in.
  const counts = new EarlyCounts();
  const notices =
    data.notices === null
      ? null
      : new HostNotices(noticeDeps(input, data.notices, { clock, log, thread: () => thread }));
  let store: OpenStoreWriter;
  try {
    store = await openStore(input, {
      clock,
      log,
      stats: () => thread.stats,
      onCount: (name, by) => {
        counts.count(`${DATABASE}${name}`, by);
      },
      onUnannounced: (userIds) => {
        thread.host.tell(edge, { type: 'compare', userIds });
        notices?.omit();
      },
    });
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
  const directory = chatDirectory(data.shards);
  const thread: Thread = new Thread(
    { thread: name, directory, clock, ids: systemIds, log, life: restarts },
    input,
    { onDie: faults.die, beforeStop: () => queue.drain() },
  );
  counts.to((name, by) => {
    thread.stats.count(name, by);
  });
  let isNoticed = false;
  const queue: WriteQueue = new WriteQueue(
    thread.host,
    { ...store, commit: (batch, watch) => store.commit(faults.beforeCommit(batch), watch) },
    (write, outcome) => {
      announce(write, outcome, thread.host);
      const notice = notices === null ? null : noticeOfCommit(write, outcome);
      isNoticed = notice !== null && notices?.publish(notice) === true;
    },
    tellTracing(thread.host, () => isNoticed),
  );
  queue.continueSteps();
  serveCopies(thread.host, store);
  if (notices !== null) serveNotices(thread.host, notices);
  store.start(queue);
  thread.ready();
  await thread.stopped;
  await Promise.all([store.close(), notices?.close()]);
  return undefined;
}

/** `isNoticed`: whether the other hosts were told of the write that was announced last. */
const tellTracing =
  ({ tell, clock }: Thread['host'], isNoticed: () => boolean) =>
  ({ type, input }: WriteMessage, times: WriteTimes): void => {
    if (type !== 'appendMessage') return;
    const announcedAt = sharedMicros(clock.monotonic());
    const { messageId } = input;
    tell(tracing, { type: 'written', messageId, times, announcedAt, isNoticed: isNoticed() });
  };

const serveNotices = (host: Thread['host'], own: HostNotices): void => {
  host.serve(kindOf(noticesRef.address), (message: NoticesMessage) => {
    if (message.type === 'publish') own.publish(message.notice);
    else own.hosts(message.hostId, message.others);
  });
};

/** What other hosts tell goes to the edge, and so does the reason to compare. */
const noticeDeps = (
  { data: { store }, restarts }: Input,
  { brokerUrl, prefix, secret }: NoticeSettings,
  { clock, log, thread }: Pick<StoreWriterOptions, 'clock' | 'log'> & { readonly thread: () => Thread },
): HostNoticesDeps => {
  const parsed = parseBroker(brokerUrl);
  if ('reason' in parsed || store.kind !== 'postgres') throw new Error('the configuration was not checked');
  const { broker } = parsed;
  const connectToDatabase = notificationConnections(store.connection, systemClock);
  const figures = new NoticeFigures((name, by) => {
    thread().stats.count(`${NOTICES}${name}`, by);
  });
  return {
    clock,
    life: restarts,
    secret,
    isOff: broker.kind === 'none',
    open: (events) => openNotifier({ broker, prefix, clock: systemClock, connectToDatabase }, events),
    onNotice: (notice) => {
      thread().host.tell(edge, { type: 'notice', notice });
    },
    onMissed: ({ reason, hostId }) => {
      log.debug({ reason, hostId }, 'notices.missed');
      thread().host.tell(edge, { type: 'reconcile' });
    },
    onState: (isAlive, reason) => {
      if (isAlive) log.info({ broker: brokerName(broker) }, 'broker.connected');
      else log.warn({ broker: brokerName(broker), reason }, 'broker.lost');
    },
    onLook: (state, stats) => {
      thread().host.tell(edge, { type: 'broker', broker: state });
      figures.observe(state, stats);
    },
  };
};

/** Copies of the database are made on the connection that writes: those of another connection would begin again with each commit. */
const serveCopies = (host: Thread['host'], store: OpenStoreWriter): void => {
  host.serve(kindOf(databaseCopy.address), (question: CopyQuestion | CancelCopy, asker) => {
    if (question.type === 'cancel') {
      store.cancelCopy();
      return;
    }
    const to = replyTo(question, asker);
    store.copyTo(question.path).then(
      (copied) => {
        host.reply(to, copied);
      },
      (error: unknown) => {
        host.log.error({ err: error }, 'backup.copy-failed');
        host.fail(to, faultOf(copyFault(error)));
      },
    );
  });
};

/** Opens the store for writing, and counts what is committed. `stats`: whose they are counted in; asked at each commit.
 *  @throws StoreError, DatabaseError */
const openStore = (
  { data, restarts }: Input,
  {
    clock,
    log,
    stats,
    onCount,
    onUnannounced,
  }: Pick<StoreWriterOptions, 'clock' | 'log' | 'onCount' | 'onUnannounced'> & {
    readonly stats: () => Stats;
  },
): Promise<OpenStoreWriter> => {
  const failedCommits = new LogLimit(systemClock);
  return openStoreWriter(data.store, {
    clock,
    log,
    onCount,
    onUnannounced,
    // If only this thread was restarted, sockets are still open and users still online.
    resetPresence: restarts === 0,
    sessionTtlMs: data.sessionTtlMs,
    onCommit: ({ size, durationMs, failures, cause }) => {
      const counted = stats();
      counted.count('writes', size);
      counted.count('write_failures', failures);
      counted.sample('commit_writes', size);
      counted.sample('commit_ms', durationMs);
      if (cause === undefined) return;
      const isCode = IS_CODE.test(cause);
      if (isCode) counted.count(`${STORE_FAULT}${cause}`);
      const suppressed = failedCommits.pass(isCode ? cause : 'other');
      if (suppressed !== null) log.error({ cause, size, failures, suppressed }, 'commit.failed');
    },
  });
};
