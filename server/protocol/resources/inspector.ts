import * as z from 'zod/mini';
import { ERROR_CODES } from '../errors.ts';
import { count, timestamp, uuid } from '../fields.ts';
import { USERNAME_MAX } from '../limits.ts';
import { commitFigures, hostState } from './admin.ts';

/** What the live inspector of the admin page shows and asks: threads, frames, hosts, and the paths of messages. No text, and nobody who
 *  gets a message, is in any of it. */

/** The stations of a message up to its answer, in the order in which it passes them. */
export const HOPS = [
  /** Its frame was handed over by the socket. */
  'received',
  /** Its connection took it from the mailbox, and decoded it. */
  'taken',
  /** All that is checked before was checked, and the writer was asked. */
  'asked',
  /** The writer's thread took it from the link. */
  'queued',
  /** The transaction of its batch began. */
  'begun',
  /** The transaction was committed, with its sync. */
  'committed',
  /** The writer told the edge. */
  'announced',
  /** The edge took that from the link. */
  'heard',
  /** The answer was handed to the sender's socket. */
  'answered',
] as const;
export type HopName = (typeof HOPS)[number];

/** Where a message that was refused had got to. `rules`: its batch was committed without it. */
export const FAILURE_PLACES = ['connection', 'link', 'queue', 'transaction', 'rules'] as const;
export type FailurePlace = (typeof FAILURE_PLACES)[number];
/** What can become of a message whose path is recorded. */
export const TRACE_OUTCOMES = ['underway', 'sent', 'repeated', 'failed', 'unanswered'] as const;

const figure = z.nullable(z.number());
export const spread = z.strictObject({ p99: z.number(), max: z.number() });
export const threadState = z.strictObject({
  name: z.string(),
  actors: count,
  actors_by_type: z.record(z.string(), count),
  mailbox_waiting: count,
  mailbox_longest: count,
  mailbox_depth: spread,
  asks: count,
  loop_lag_ms: figure,
  loop_delay_ms: spread,
  cpu_share: figure,
  busy_share: figure,
  restarts: count,
  commits: z.nullable(commitFigures),
});
export type ThreadState = z.infer<typeof threadState>;
export const frameFigures = z.strictObject({
  type: z.string(),
  per_second: z.number(),
  count,
  p50_ms: z.number(),
  p99_ms: z.number(),
  max_ms: z.number(),
});
export type FrameFigures = z.infer<typeof frameFigures>;
export const threadsAnswer = z.strictObject({
  host: z.string(),
  process_cpu_share: figure,
  threads: z.array(threadState),
  frames: z.array(frameFigures),
});
export type InspectedHost = z.infer<typeof threadsAnswer>;

export const hostsAnswer = z.strictObject({ host: z.string(), hosts: z.array(hostState) });
export type HostList = z.infer<typeof hostsAnswer>;

export const traceBody = z.strictObject({
  username: z._default(z.nullable(z.string().check(z.minLength(1), z.maxLength(USERNAME_MAX))), null),
});
export const armedAnswer = z.strictObject({ expires_at: timestamp });
export const traceHop = z.strictObject({
  hop: z.enum(HOPS),
  thread: z.enum(['edge', 'writer']),
  at_us: count,
  took_us: count,
});
export const traceFailure = z.strictObject({ code: z.enum(ERROR_CODES), place: z.enum(FAILURE_PLACES) });
export const tracedRecipient = z.strictObject({
  sockets: count,
  written_us: z.array(count),
  delivered_us: z.nullable(count),
});
export const tracedSender = z.strictObject({ id: uuid, username: z.nullable(z.string()) });
export const messageTrace = z.strictObject({
  number: count,
  message_id: uuid,
  sender: tracedSender,
  received_at: timestamp,
  outcome: z.enum(TRACE_OUTCOMES),
  failure: z.nullable(traceFailure),
  is_done: z.boolean(),
  hops: z.array(traceHop),
  total_us: z.nullable(count),
  batch_writes: z.nullable(count),
  notice_sent: z.boolean(),
  recipient: tracedRecipient,
});
export type MessageTrace = z.infer<typeof messageTrace>;
export const armedTrace = z.strictObject({
  username: z.nullable(z.string()),
  armed_at: timestamp,
  expires_at: timestamp,
});
export const tracesAnswer = z.strictObject({
  host: z.string(),
  armed: z.nullable(armedTrace),
  traces: z.array(messageTrace),
});
export type TraceList = z.infer<typeof tracesAnswer>;
