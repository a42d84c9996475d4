import { isOfWriter, type Trace } from '../actors/tracing/trace.ts';
import { HOPS } from '../protocol/resources/inspector.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import { auditOf, OperatorError, type MessageTraces, type Operator, type Requester } from './operator.ts';
import type { Answer, Input } from './requests.ts';

type TraceLine = Answer<'trace.list'>['traces'][number];

const NO_SERVER = 'No server runs here whose messages could be traced.';

const tracesOf = ({ traces }: Operator): MessageTraces => {
  if (traces === null) throw new OperatorError(NO_SERVER);
  return traces;
};

/** Traces the next message that this host accepts, of a user or of anybody. */
const armTrace = async (
  operator: Operator,
  { username }: Input<'trace.arm'>,
  by: Requester,
): Promise<Answer<'trace.arm'>> => {
  const { tracer } = tracesOf(operator);
  const senderId = username === null ? null : await operator.read('userIdByName', username);
  if (username !== null && senderId === null)
    throw new OperatorError(`There is no user ${username}.`, 'not_found');
  if (!tracer.arm(senderId))
    throw new OperatorError('A trace is waiting for a message already, or follows one to its answer.');
  await record(operator, { action: 'trace.arm', by, subjectId: senderId });
  return { expires_at: rfc3339(tracer.armed?.expiresAt ?? 0) };
};

const cancelTrace = async (operator: Operator, by: Requester): Promise<Answer<'trace.cancel'>> => {
  const changed = tracesOf(operator).tracer.cancel();
  if (changed) await record(operator, { action: 'trace.cancel', by, subjectId: null });
  return { changed };
};

const listTraces = async (operator: Operator): Promise<Answer<'trace.list'>> => {
  const { host, tracer } = tracesOf(operator);
  const { armed, traces } = tracer;
  const senders = [armed?.senderId ?? null, ...traces.map(({ senderId }) => senderId)];
  const names = await namesOf(operator, senders);
  const nameOf = (id: string): string | null => names.get(id) ?? null;
  return {
    host,
    armed:
      armed === null
        ? null
        : {
            username: armed.senderId === null ? null : nameOf(armed.senderId),
            armed_at: rfc3339(armed.armedAt),
            expires_at: rfc3339(armed.expiresAt),
          },
    traces: traces.map((trace) => lineOf(trace, nameOf(trace.senderId))),
  };
};

const record = (
  operator: Operator,
  { action, by, subjectId }: { action: string; by: Requester; subjectId: string | null },
): Promise<unknown> =>
  operator.write('recordAudit', { audit: auditOf(by), action, subjectId, target: null, detail: null });

/** What senders are called now: a deletion takes its name out of what is shown next [A13]. The page asks every second, for all of them at
 *  once. A trace can be read without the store too, then without names. */
const namesOf = async (
  operator: Operator,
  senders: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> => {
  const ids = [...new Set(senders.filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const found = await operator.read('usernames', ids).catch(() => []);
  return new Map(found.map(({ userId, username }) => [userId, username]));
};

const outcomeOf = (trace: Trace): TraceLine['outcome'] => {
  if (trace.failure !== null) return 'failed';
  if (trace.totalUs === null) return trace.isDone ? 'unanswered' : 'underway';
  return trace.isRepeat ? 'repeated' : 'sent';
};

const lineOf = (trace: Trace, username: string | null): TraceLine => {
  const start = trace.hops.get('received') ?? 0;
  const since = (at: number): number => Math.max(0, Math.round(at - start));
  let before = 0;
  return {
    number: trace.number,
    message_id: trace.messageId,
    sender: { id: trace.senderId, username },
    received_at: rfc3339(trace.receivedAt),
    outcome: outcomeOf(trace),
    failure: trace.failure,
    is_done: trace.isDone,
    hops: HOPS.flatMap((hop) => {
      const at = trace.hops.get(hop);
      if (at === undefined) return [];
      const at_us = Math.max(before, since(at));
      const took_us = at_us - before;
      before = at_us;
      return [{ hop, thread: isOfWriter(hop) ? ('writer' as const) : ('edge' as const), at_us, took_us }];
    }),
    total_us: trace.totalUs === null ? null : Math.round(trace.totalUs),
    batch_writes: trace.batch,
    notice_sent: trace.isNoticed && trace.failure === null,
    recipient: {
      sockets: trace.sockets,
      written_us: trace.writtenAt.map(since),
      delivered_us: trace.deliveredAt === null ? null : since(trace.deliveredAt),
    },
  };
};

/** What operators do with the paths of messages. */
export const traceHandlers = (operator: Operator) => ({
  'trace.arm': (input: Input<'trace.arm'>, by: Requester) => armTrace(operator, input, by),
  'trace.cancel': (_input: Input<'trace.cancel'>, by: Requester) => cancelTrace(operator, by),
  'trace.list': () => listTraces(operator),
});
