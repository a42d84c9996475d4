import type { Answer } from '../operator/requests.ts';
import { command } from './command.ts';
import { withSession } from './session.ts';
import { table } from './table.ts';

type Found = Answer<'inspect.threads'> & Answer<'inspect.hosts'>;
type ThreadLine = Found['threads'][number];

const shareText = (share: number | null): string =>
  share === null ? '-' : `${String(Math.round(share * 100))} %`;
const msText = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
const rateText = (rate: number): string => rate.toFixed(rate < 10 ? 1 : 0);

const hostsText = ({ host, hosts }: Found): string =>
  table(
    ['HOST', 'VERSION', 'CONNECTIONS', 'HEARD', ''],
    hosts.map(({ name, version, connections, heartbeat_age_ms: age }) => [
      ...[name, version, String(connections), `${String(Math.round(age))} ms ago`],
      name === host ? 'answers' : '',
    ]),
  );

const framesText = ({ frames }: Found): string =>
  frames.length === 0
    ? 'No frame of a client came in the last minute.'
    : table(
        ['FRAME', 'PER SECOND', 'P50', 'P99', 'LONGEST'],
        frames.map(({ type, per_second: rate, p50_ms: p50, p99_ms: p99, max_ms: max }) => [
          ...[type, rateText(rate), msText(p50), msText(p99), msText(max)],
        ]),
      );

const actorsText = ({ actors, actors_by_type: types }: ThreadLine): string => {
  const listed = Object.entries(types).filter(([, count]) => count > 0);
  const text = listed.map(([type, count]) => `${type} ${String(count)}`).join(', ');
  return text === '' ? String(actors) : `${String(actors)} (${text})`;
};

const threadsText = ({ threads }: Found): string =>
  table(
    [
      'THREAD',
      'CPU',
      'BUSY',
      'DELAY P99',
      'DELAY MAX',
      'WAITING',
      'DEPTH P99',
      'ASKED',
      'RESTARTS',
      'ACTORS',
    ],
    threads.map((thread) => [
      ...[thread.name, shareText(thread.cpu_share), shareText(thread.busy_share)],
      ...[msText(thread.loop_delay_ms.p99), msText(thread.loop_delay_ms.max)],
      ...[String(thread.mailbox_waiting), String(Math.round(thread.mailbox_depth.p99))],
      ...[String(thread.asks), String(thread.restarts), actorsText(thread)],
    ]),
  );

const commitLines = ({ threads }: Found): readonly string[] =>
  threads.flatMap(({ name, commits }) =>
    commits === null
      ? []
      : [
          `${name}: ${rateText(commits.writes_per_second)} writes per second, ` +
            `commits p50 ${msText(commits.p50_ms)}, p99 ${msText(commits.p99_ms)}`,
        ],
  );

const textOf = (found: Found): string => {
  const { host, hosts, process_cpu_share: cpu } = found;
  return [
    [
      `host ${host}${cpu === null ? '' : `: ${shareText(cpu)} of a processor`}`,
      ...(hosts.length === 0 ? [] : [hostsText(found)]),
    ],
    [framesText(found)],
    [threadsText(found), ...commitLines(found)],
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
};

export const inspectCommand = command({
  name: 'inspect',
  describe: 'Show what the threads of a running server do, what frames of clients cost, and its hosts',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const found = { ...(await ask('inspect.threads', {})), ...(await ask('inspect.hosts', {})) };
      output.result(found, textOf(found));
    });
  },
});
