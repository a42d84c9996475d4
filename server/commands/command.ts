import type { Argv } from 'yargs';
import type { CommandOutput } from './output.ts';

/** One command of the program: how it is called, and what it does. */
export interface Command<Options = object> {
  /** With its arguments, in the notation of yargs: `restore <file>`. With other names for the same: `$0` is none at all. */
  readonly name: string | readonly string[];
  readonly describe: string;
  readonly options: (argv: Argv) => Argv<Options>;
  readonly run: (options: Options, output: CommandOutput) => Promise<void>;
}

/** Keeps the types of a command's options together with its function. */
export const command = <Options>(given: Command<Options>): Command => given as unknown as Command;

/** Commands under one word: `invite create`. */
export interface CommandGroup {
  readonly name: string;
  readonly describe: string;
  readonly commands: readonly Command[];
}
