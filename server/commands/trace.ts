import { OperatorError } from '../operator/operator.ts';
import type { Answer } from '../operator/requests.ts';
import { systemClock } from '../runtime/clock.ts';
import { command, type CommandGroup } from './command.ts';
import { countText } from './output.ts';
import { withSession, type CommandSession } from './session.ts';
import { table, timeText } from './table.ts';

type TraceLine = Answer<'trace.list'>['traces'][number];

const AGAIN_MS = 200;
/** Columns of the drawing of a path. */
const DRAWN = 40;

const HOP_TEXTS: Readonly<Record<TraceLine['hops'][number]['hop'], string>> = {
  received: 'frame received',
  taken: 'taken by the connection',
  asked: 'checked, writer asked',
  queued: 'taken in by the writer',
  begun: 'transaction begun',
  committed: 'committed',
  announced: 'announced by the writer',
  heard: 'heard by the edge',
  answered: 'answer written',
};
const PLACE_TEXTS: Readonly<Record<NonNullable<TraceLine['failure']>['place'], string>> = {
  connection: 'before it was handed to the writer',
  link: 'on its way to the writer',
  queue: 'while it waited in the writer',
  transaction: 'in its transaction',
  rules: 'by the rules of the store',
};

const microsText = (us: number): string => (us < 1000 ? `${String(us)} µs` : `${(us / 1000).toFixed(2)} ms`);

const outcomeText = ({ outcome, failure, total_us: total }: TraceLine): string => {
  const after = total === null ? '' : ` after ${microsText(total)}`;
  if (failure !== null) return `refused (${failure.code}) ${PLACE_TEXTS[failure.place]}${after}`;
  const words = { underway: 'under way', sent: 'sent', repeated: 'stored before, answered again' } as const;
  return outcome === 'unanswered' || outcome === 'failed' ? 'without an answer' : `${words[outcome]}${after}`;
};

/** What happened for the recipient, whose name no trace has. */
const recipientText = ({ recipient, notice_sent: noticed }: TraceLine): string => {
  const { sockets, written_us: written, delivered_us: delivered } = recipient;
  return [
    `recipient: ${countText(sockets, 'connection')} at this host`,
    ...written.map((us) => `written after ${microsText(us)}`),
    ...(delivered === null ? [] : [`receipt after ${microsText(delivered)}`]),
    ...(noticed ? ['other hosts were told'] : []),
  ].join(', ');
};

const pathText = (trace: TraceLine): string => {
  const last = Math.max(1, trace.hops.at(-1)?.at_us ?? 1);
  const column = (us: number): number => Math.round((us / last) * DRAWN);
  const rows = trace.hops.map(({ hop, thread, at_us: at, took_us: took }) => [
    ...[HOP_TEXTS[hop], thread, microsText(at), microsText(took)],
    `${' '.repeat(column(at - took))}${'='.repeat(column(at) - column(at - took))}`,
  ]);
  const { sender, batch_writes: batch } = trace;
  return [
    `message ${trace.message_id} from ${sender.username ?? sender.id}, ${timeText(trace.received_at)}: ${outcomeText(trace)}`,
    table(['HOP', 'THREAD', 'AT', 'TOOK', ''], rows),
    ...(batch === null ? [] : [`committed together: ${countText(batch, 'write')}`]),
    recipientText(trace),
  ].join('\n');
};

/** Waits until the trace that was armed is complete. @throws OperatorError if no message came */
const nextOf = async ({ ask }: CommandSession, before: number): Promise<TraceLine> => {
  for (;;) {
    const { armed, traces } = await ask('trace.list', {});
    const trace = traces.find(({ number }) => number > before);
    if (trace?.is_done === true) return trace;
    if (trace === undefined && armed === null)
      throw new OperatorError('No message came within a minute, or the trace was cancelled.');
    await new Promise<void>((resolve) => systemClock.after(AGAIN_MS, resolve));
  }
};

const next = command({
  // Also what `parley trace` alone does.
  name: ['next', '$0'],
  describe: 'Record the path of the next message on this host: what it waited for, and how long',
  options: (argv) =>
    argv.option('from', { type: 'string', describe: 'Only a message of this user. Default: of anybody' }),
  async run({ from }, output) {
    await withSession(async (session) => {
      const { traces } = await session.ask('trace.list', {});
      await session.ask('trace.arm', { username: from ?? null });
      output.note('Waiting for a message, for a minute.');
      const trace = await nextOf(session, traces[0]?.number ?? 0);
      output.result(trace, pathText(trace));
    });
  },
});

const list = command({
  name: 'list',
  describe: 'Show the paths of the last 20 messages that were traced',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('trace.list', {});
      const text = answer.traces.map(pathText).join('\n\n');
      output.result(answer, text === '' ? 'No message was traced since the server started.' : text);
    });
  },
});

const cancel = command({
  name: 'cancel',
  describe: 'Wait for no message any more',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('trace.cancel', {});
      output.result(answer, answer.changed ? 'No message is waited for any more' : 'None was waited for');
    });
  },
});

export const traceCommands: CommandGroup = {
  name: 'trace',
  describe: 'The path of a message through a running server, without its text',
  commands: [next, list, cancel],
};
