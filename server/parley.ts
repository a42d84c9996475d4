import process from 'node:process';
import { parseConfig } from './config.ts';
import { hashToken, makeInvite } from './edge/refresh-tokens.ts';
import { systemClock } from './runtime/clock.ts';
import { systemIds } from './runtime/ids.ts';
import { storeInvite } from './storage/invites.ts';

/** The operator's commands: `npm run parley -- invite`. Uses the server's variables, above all PARLEY_DATA_DIR; the server may
 *  run meanwhile or not. */

const USAGE = `Usage: npm run parley -- COMMAND

  invite    makes a code with which one person can register, once, where
            PARLEY_REGISTRATION is invite, and prints it
`;
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;

const invite = (dataDir: string): void => {
  const code = makeInvite(systemIds);
  storeInvite(dataDir, hashToken(code), systemClock.now());
  // The code alone on stdout, so that it can be piped; only its hash is stored, so it can't be shown again.
  process.stdout.write(`${code}\n`);
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
    invite(parsed.config.dataDir);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
};

process.exitCode = run(process.argv.slice(2));
