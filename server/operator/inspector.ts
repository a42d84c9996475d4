import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Clock } from '../runtime/clock.ts';
import { OperatorError, type HostFigures, type Operator } from './operator.ts';
import type { Answer } from './requests.ts';

const figuresOf = ({ inspected }: Operator): HostFigures => {
  const figures = inspected();
  if (figures === null) throw new OperatorError('No server runs here that could be looked at.');
  return figures;
};

const threadsOf = (operator: Operator): Answer<'inspect.threads'> => {
  const { host, threads, frames } = figuresOf(operator);
  return {
    host,
    process_cpu_share: threads.process.cpu_share,
    threads: threads.list().map((each) => ({ ...each, actors_by_type: { ...each.actors_by_type } })),
    frames: [...frames.list()],
  };
};

/** Those that live and share the store; none with a store that only one host can use. */
export const hostsOf = async (
  operator: Operator,
  clock: Pick<Clock, 'now'>,
): Promise<Answer<'inspect.hosts'>['hosts']> => {
  const found = await operator.read('hosts');
  const now = clock.now();
  return found.map(({ name, version, startedAt, heartbeatAt, connections }) => ({
    ...{ name, version, connections },
    started_at: rfc3339(startedAt),
    heartbeat_age_ms: Math.max(0, now - heartbeatAt),
  }));
};

/** What operators see of a running server. */
export const inspectorHandlers = (operator: Operator, clock: Pick<Clock, 'now'>) => ({
  'inspect.threads': () => Promise.resolve(operator).then(threadsOf),
  'inspect.hosts': async () => ({
    host: figuresOf(operator).host,
    hosts: await hostsOf(operator, clock),
  }),
});
