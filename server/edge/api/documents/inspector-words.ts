import {
  armedAnswer,
  armedTrace,
  frameFigures,
  hostsAnswer,
  messageTrace,
  spread,
  threadsAnswer,
  threadState,
  traceBody,
  tracedRecipient,
  tracedSender,
  traceFailure,
  traceHop,
  tracesAnswer,
  type MessageTrace,
} from '../../../protocol/resources/inspector.ts';
import { COMMITS, HOST } from './admin-server-words.ts';
import { describe, type Described } from './describe.ts';
import { IDS, TIMES } from './examples.ts';

const SPREAD = { p99: 3, max: 8 };
const THREAD = {
  name: 'writer',
  actors: 0,
  actors_by_type: {},
  mailbox_waiting: 3,
  mailbox_longest: 3,
  mailbox_depth: SPREAD,
  asks: 0,
  loop_lag_ms: 0.3,
  loop_delay_ms: { p99: 1.1, max: 4.5 },
  cpu_share: 0.21,
  busy_share: 0.34,
  restarts: 0,
  commits: COMMITS,
};
const FRAMES = { type: 'message', per_second: 20.5, count: 1_230, p50_ms: 1.4, p99_ms: 6.5, max_ms: 11.8 };
const HOP = { hop: 'committed', thread: 'writer', at_us: 1_470, took_us: 812 } as const;
const SENDER = { id: IDS.anna, username: 'anna' };
const RECIPIENT = { sockets: 2, written_us: [1_611, 1_618], delivered_us: 9_204 };
const TRACE: MessageTrace = {
  number: 3,
  message_id: IDS.message,
  sender: SENDER,
  received_at: TIMES.sent,
  outcome: 'sent',
  failure: null,
  is_done: true,
  hops: [{ hop: 'received', thread: 'edge', at_us: 0, took_us: 0 }, HOP],
  total_us: 1_650,
  batch_writes: 4,
  notice_sent: false,
  recipient: RECIPIENT,
};
const ARMED = { username: 'anna', armed_at: TIMES.joined, expires_at: TIMES.sent };

/** What the live inspector shows of a host. */
const FIGURES: readonly Described[] = [
  describe(
    spread,
    'How high a figure was in the last minute.',
    { p99: '99 of 100 were at most this high.', max: 'The highest.' },
    SPREAD,
  ),
  describe(
    threadState,
    'A thread. Shares and commits are of the last ten seconds.',
    {
      name: 'Its name.',
      actors: 'Actors in its memory.',
      actors_by_type: 'The same by their type.',
      mailbox_waiting:
        'Messages that wait in all its mailboxes; for the writer, writes that are not committed yet.',
      mailbox_longest: 'Messages that wait in its longest mailbox.',
      mailbox_depth: 'How many messages were in a mailbox when one was put into it, itself included.',
      asks: 'Questions that it asked and that are not answered yet.',
      loop_lag_ms:
        'The highest delay of its event loop since the last report, in milliseconds; null for the main thread.',
      loop_delay_ms: 'The delay of its event loop in the last minute, in milliseconds.',
      cpu_share: 'Its share of a processor, 0 to 1; null where the system does not tell.',
      busy_share: 'How much of the time its event loop was not idle, 0 to 1. Waiting for the disk counts.',
      restarts: 'How often it was lost and started again.',
      commits: 'Its commits; null for a thread that writes nothing.',
    },
    THREAD,
  ),
  describe(
    frameFigures,
    'The frames of one type that clients sent in the last minute.',
    {
      type: 'The type.',
      per_second: 'How many a second.',
      count: 'How many in all.',
      p50_ms:
        'Half of them took at most this long, in milliseconds: from the arrival to the answer, or to the end of the handling where there is none.',
      p99_ms: '99 of 100 took at most this long.',
      max_ms: 'The longest.',
    },
    FRAMES,
  ),
  describe(
    threadsAnswer,
    'The threads of a host, and what it does with frames.',
    {
      host: 'The name of the host that answers.',
      process_cpu_share: 'What the process uses of processors: 1.5 is one and a half.',
      threads: 'The threads, the main thread first.',
      frames: 'The types of frames that came in the last minute, the most frequent first.',
    },
    { host: 'chat-1', process_cpu_share: 0.8, threads: [THREAD], frames: [FRAMES] },
  ),
  describe(
    hostsAnswer,
    'The hosts.',
    { host: 'The name of the host that answers.', hosts: 'All that live. Empty with SQLite, which has one.' },
    { host: 'chat-1', hosts: [HOST] },
  ),
];

/** The paths of messages. */
const TRACES: readonly Described[] = [
  describe(
    traceBody,
    'Whose next message is traced.',
    { username: 'The name of its sender; null: anybody.' },
    { username: 'anna' },
  ),
  describe(
    armedAnswer,
    'A message is waited for.',
    { expires_at: 'Until when.' },
    { expires_at: TIMES.sent },
  ),
  describe(
    armedTrace,
    'A message that is waited for.',
    {
      username: 'The name of its sender; null: anybody.',
      armed_at: 'Since when.',
      expires_at: 'Until when.',
    },
    ARMED,
  ),
  describe(
    traceHop,
    'A station of a message.',
    {
      hop: 'Which one.',
      thread: 'The thread that the message was on.',
      at_us: 'Microseconds since its frame arrived.',
      took_us: 'Microseconds since the station before.',
    },
    HOP,
  ),
  describe(
    traceFailure,
    'Why a message was refused.',
    {
      code: 'The code of the error.',
      place: 'Where it had got to: `rules` if its transaction was committed without it.',
    },
    { code: 'unavailable', place: 'transaction' },
  ),
  describe(
    tracedSender,
    'The user who sent a message.',
    { id: 'The id.', username: 'The name they have now, or `Deleted User`; null if it can’t be read.' },
    SENDER,
  ),
  describe(
    tracedRecipient,
    'What this host did for the user who gets a message. Who that is, is not told.',
    {
      sockets: 'Their open WebSockets at this host.',
      written_us: 'When each of them was handed the frame, in microseconds since the message arrived.',
      delivered_us: 'When a first receipt arrived here; null if none did within half a minute.',
    },
    RECIPIENT,
  ),
  describe(
    messageTrace,
    'The path of a message.',
    {
      number: 'Its number, which rises.',
      message_id: 'The id of the message.',
      sender: 'Who sent it.',
      received_at: 'When it arrived.',
      outcome: 'What became of it.',
      failure: 'Why it was refused; null if it was not.',
      is_done: 'False while a receipt is waited for.',
      hops: 'Its stations in their order, as far as it got.',
      total_us: 'Microseconds from its arrival to its answer, measured by itself; null without an answer.',
      batch_writes: 'How many writes were committed together with it.',
      notice_sent: 'Whether other hosts were told of it.',
      recipient: 'What this host did for the user who gets it.',
    },
    TRACE,
  ),
  describe(
    tracesAnswer,
    'The paths of messages on a host.',
    {
      host: 'The name of the host that answers.',
      armed: 'The message that is waited for; null: none.',
      traces: 'What was recorded, the newest first.',
    },
    { host: 'chat-1', armed: null, traces: [TRACE] },
  ),
];

export const INSPECTOR_WORDS: readonly Described[] = [...FIGURES, ...TRACES];
