import process from 'node:process';
import { runCommand } from './commands/program.ts';

/** The operator's program: `npm run -s parley -- COMMAND`, or `parley COMMAND` where it is installed. */
process.exitCode = await runCommand(process.argv.slice(2));
