import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { brokerProgram } from '../support/broker-missing.ts';
import { postgresPrograms } from '../support/postgres-server.ts';
import { BROKERS } from './broker-machine.ts';
import { FAULTS } from './catalogue.ts';
import { MACHINES } from './cluster.ts';
import { CONTROLS, failedAsItMust, loseRow } from './control.ts';
import { endWithParent, isApart, runApart, withoutNamespaces } from './isolation.ts';
import { Network } from './network.ts';
import { type Counts, playRounds, Violated } from './rounds.ts';

/** `npm run test:hosts -- [--rounds N] [--seed S] [--broker postgres|nats|redis|none] [--only FAULT] [--control NAME]`: three
 *  real hosts, PostgreSQL with a standby and a broker, each on a machine of its own (a network namespace); one thing after the other
 *  goes wrong under load, and what clients were promised is checked. Exit code 1 when a promise was broken, 3 when it can't run here. */
const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string' },
    broker: { type: 'string' },
    only: { type: 'string' },
    control: { type: 'string' },
  },
});
const EXIT_BROKEN = 1;
const EXIT_NOT_RUN = 3;
const EXIT_USAGE = 64;

const broker = BROKERS.find((each) => each === values.broker) ?? null;
const control = CONTROLS.find((each) => each === values.control) ?? null;

const misuse = (): string | null => {
  if (values.broker !== undefined && broker === null) return `there is no broker ${values.broker}`;
  if (values.only !== undefined && !FAULTS.some(({ name }) => name === values.only))
    return `there is no fault ${values.only}; there are ${FAULTS.map(({ name }) => name).join(', ')}`;
  if (values.control !== undefined && control === null) return `the controls are ${CONTROLS.join(', ')}`;
  return null;
};

const missing = (): string | null => {
  if (postgresPrograms === null) return 'PostgreSQL 15 or newer is not installed';
  for (const [kind, program] of [
    ['nats', 'nats-server'],
    ['redis', 'redis-server'],
  ] as const)
    if ((broker ?? kind) === kind && brokerProgram(program) === null) return `${program} is not installed`;
  return withoutNamespaces();
};

const play = async (): Promise<number> => {
  endWithParent();
  const network = await Network.make(MACHINES);
  const counts: Counts = {
    ...{ rounds: 0, acked: 0, answers: 0, slowestReadyMs: 0, slowestSettledMs: 0 },
    faults: new Map(),
    brokers: new Map(),
  };
  const options = {
    rounds: Number(values.rounds),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed),
    broker,
    only: values.only ?? (control === 'asynchronous-standby' ? 'failover' : null),
    isSynchronous: control !== 'asynchronous-standby',
    tamper: control === 'lost-row' ? loseRow : null,
    say: console.log,
  };
  const outcome = await playRounds(network, options, counts).then(
    () => null,
    (error: unknown) => error,
  );
  const { faults, brokers, ...figures } = counts;
  console.log(JSON.stringify({ ...figures, brokers: Object.fromEntries(brokers) }));
  console.log(JSON.stringify(Object.fromEntries([...faults].sort())));
  if (control !== null) return failedAsItMust(outcome) ? 0 : EXIT_BROKEN;
  if (outcome === null) {
    console.log('held');
    return 0;
  }
  console.error(outcome instanceof Violated ? outcome.message : outcome);
  return EXIT_BROKEN;
};

const reason = isApart ? null : missing();
const wrong = misuse();
if (wrong !== null) {
  console.error(wrong);
  process.exitCode = EXIT_USAGE;
} else if (reason !== null) {
  console.error(`\n*** not run: ${reason} ***\n`);
  process.exitCode = EXIT_NOT_RUN;
} else process.exit(await (isApart ? play() : runApart()));
