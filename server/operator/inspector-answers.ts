import * as z from 'zod';
import { ERROR_CODES } from '../protocol/errors.ts';
import { FAILURE_PLACES, HOPS, TRACE_OUTCOMES } from '../protocol/resources/inspector.ts';

/** What the live inspector answers: threads, frames, hosts, and the paths of messages. */

const count = z.int().min(0);
/** RFC 3339. */
const time = z.string();
const figure = z.number().nullable();

/** `heartbeat_age_ms`: since it last said that it lives. */
export const host = z.object({
  name: z.string(),
  version: z.string(),
  started_at: time,
  heartbeat_age_ms: z.number(),
  connections: count,
});
/** `host`: the one that answers. */
export const hostsFound = z.object({ host: z.string(), hosts: z.array(host) });

const spread = z.object({ p99: z.number(), max: z.number() });
const thread = z.object({
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
  commits: z.object({ writes_per_second: z.number(), p50_ms: z.number(), p99_ms: z.number() }).nullable(),
});
const frame = z.object({
  type: z.string(),
  per_second: z.number(),
  count,
  p50_ms: z.number(),
  p99_ms: z.number(),
  max_ms: z.number(),
});
/** The units and spans of time are those of `ThreadFigure` and `FrameFigure`. */
export const threadsFound = z.object({
  host: z.string(),
  process_cpu_share: figure,
  threads: z.array(thread),
  frames: z.array(frame),
});

const trace = z.object({
  number: count,
  message_id: z.string(),
  /** `username`: null if the store can't be read. */
  sender: z.object({ id: z.string(), username: z.string().nullable() }),
  received_at: time,
  outcome: z.enum(TRACE_OUTCOMES),
  failure: z.object({ code: z.enum(ERROR_CODES), place: z.enum(FAILURE_PLACES) }).nullable(),
  /** False while the receipt of the recipient is waited for. */
  is_done: z.boolean(),
  /** In their order. `took_us`: since the one before; they add up to the last `at_us`. */
  hops: z.array(
    z.object({ hop: z.enum(HOPS), thread: z.enum(['edge', 'writer']), at_us: count, took_us: count }),
  ),
  /** Measured by itself. */
  total_us: count.nullable(),
  batch_writes: count.nullable(),
  notice_sent: z.boolean(),
  recipient: z.object({ sockets: count, written_us: z.array(count), delivered_us: count.nullable() }),
});
export const tracesFound = z.object({
  host: z.string(),
  armed: z.object({ username: z.string().nullable(), armed_at: time, expires_at: time }).nullable(),
  traces: z.array(trace),
});
