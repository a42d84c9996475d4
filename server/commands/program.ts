import process from 'node:process';
import yargs, { type Argv } from 'yargs';
import { RELEASE } from '../protocol/release.ts';
import { acceptCopyCommand } from './accept-copy.ts';
import { auditCommand } from './audit.ts';
import { backupCommand, restoreCommand, verifyCommand } from './backup.ts';
import type { Command, CommandGroup } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT, exitCodeOf, UsageError, type ExitCode } from './exit-codes.ts';
import { inspectCommand } from './inspect.ts';
import { inviteCommands } from './invite.ts';
import { outputOf } from './output.ts';
import { retentionCommands } from './retention.ts';
import { rotateSecretCommand } from './rotate-secret.ts';
import { scheduledBackupCommands } from './scheduled-backups.ts';
import { settingsCommand } from './settings.ts';
import { statusCommand } from './status.ts';
import { traceCommands } from './trace.ts';
import { exportCommand, importCommand, moveCommand } from './transfer.ts';
import { userCommands } from './user.ts';

/** Those without a group. */
export const COMMANDS: readonly Command[] = [
  statusCommand,
  inspectCommand,
  doctorCommand,
  settingsCommand,
  backupCommand,
  verifyCommand,
  restoreCommand,
  acceptCopyCommand,
  exportCommand,
  importCommand,
  moveCommand,
  auditCommand,
  rotateSecretCommand,
];
export const GROUPS: readonly CommandGroup[] = [
  ...[userCommands, inviteCommands, scheduledBackupCommands, retentionCommands, traceCommands],
];

/** Runs one command line, and returns the exit code. A fault is one or two lines on stderr, or with `--json` one object. */
export const runCommand = async (args: readonly string[]): Promise<ExitCode> => {
  const json = args.includes('--json');
  try {
    await parser(args).parseAsync();
    return EXIT.ok;
  } catch (error) {
    const code = exitCodeOf(error);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(json ? `${JSON.stringify({ error: message, exit: code })}\n` : `${message}\n`);
    return code;
  }
};

const parser = (args: readonly string[]): Argv => {
  const argv = yargs([...args])
    .scriptName('parley')
    .usage('Usage: $0 COMMAND\n\nWorks on the server of PARLEY_DATA_DIR, whether it runs or is stopped.')
    .option('json', { type: 'boolean', default: false, describe: 'Print one line of JSON', global: true })
    .version(RELEASE)
    .help()
    .alias('help', 'h')
    .locale('en')
    .completion('completion', 'Print a script for the completion of commands in bash or zsh')
    .strict()
    .recommendCommands()
    .demandCommand(1, 'Name a command: parley --help lists them.')
    .wrap(100)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'That is no command.');
    });
  for (const each of COMMANDS) addCommand(argv, each);
  for (const { name, describe, commands } of GROUPS) {
    argv.command(name, describe, (within) => {
      for (const each of commands) addCommand(within, each);
      return within.demandCommand(1, `Name what to do: parley ${name} --help lists it.`);
    });
  }
  return argv;
};

const addCommand = (argv: Argv, { name, describe, options, run }: Command): void => {
  argv.command(
    name,
    describe,
    (within) => options(within),
    async (given) => {
      await run(given, outputOf(given['json'] === true));
    },
  );
};
