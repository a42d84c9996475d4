import { resolve } from 'node:path';
import process from 'node:process';
import { parseConfig, type Config } from './config.ts';
import { hashToken, makeInvite } from './edge/refresh-tokens.ts';
import { systemClock } from './runtime/clock.ts';
import { systemIds } from './runtime/ids.ts';
import { storeInvite } from './storage/invites.ts';
import { StoreError } from './storage/store-error.ts';

/** The operator's commands: `npm run -s parley -- invite`. They read the server's variables, above all PARLEY_DATA_DIR, and work
 *  beside a running server and without one. None makes a data directory or a database: what is missing there is a slip. */

const USAGE = `Usage: npm run -s parley -- COMMAND

  invite    makes a code with which one person can register, once, where
            PARLEY_REGISTRATION is invite, and prints it

PARLEY_DATA_DIR names the server's data directory.
`;
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;

const UNASKED: Readonly<Record<Config['registration'], string>> = {
  invite: '',
  open: 'PARLEY_REGISTRATION is open here. A server that runs so asks nobody for a code.\n',
  closed: 'PARLEY_REGISTRATION is closed here. A server that runs so takes nobody, with a code neither.\n',
};

const invite = ({ registration }: Config, dataDir: string): void => {
  const code = makeInvite(systemIds);
  storeInvite(dataDir, hashToken(code), systemClock.now());
  // The code alone on stdout, so that it can be piped; only its hash is stored, so it can't be shown again.
  process.stdout.write(`${code}\n`);
  process.stderr.write(`One person can register with it, once, at the server of ${dataDir}.\n`);
  process.stderr.write(UNASKED[registration]);
};

const run = (args: readonly string[]): number => {
  const [command, ...rest] = args;
  if (command !== 'invite' || rest.length > 0) {
    process.stderr.write(USAGE);
    return command === undefined || command === 'help' ? 0 : EXIT_USAGE;
  }
  const parsed = parseConfig();
  if ('faults' in parsed) {
    for (const { name, reason } of parsed.faults) process.stderr.write(`${name} ${reason}\n`);
    return EXIT_CONFIG;
  }
  try {
    invite(parsed.config, resolve(parsed.config.dataDir));
    return 0;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!(error instanceof StoreError)) {
      process.stderr.write(`${reason}\n`);
      return 1;
    }
    process.stderr.write(`PARLEY_DATA_DIR: ${reason}\n`);
    if (error.reason === 'missing')
      process.stderr.write(
        'Set it to the data directory of the server, which makes its database at its first start.\n',
      );
    return EXIT_CONFIG;
  }
};

process.exitCode = run(process.argv.slice(2));
