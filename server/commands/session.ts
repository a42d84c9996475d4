import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import type * as z from 'zod';
import { listedBackups } from '../backup/proven-backups.ts';
import { inTemporaryFolder } from '../backup/temporary.ts';
import { parseConfig, type Config } from '../config/config.ts';
import { sudoUser } from '../config/environment.ts';
import { askServer } from '../edge/control/control-client.ts';
import { makePerform, type Perform } from '../operator/perform.ts';
import { OperatorError, type Operator } from '../operator/operator.ts';
import {
  REQUESTS,
  type Answer,
  type GivenInput,
  type Input,
  type RequestName,
} from '../operator/requests.ts';
import { rotateKey } from '../operator/signing-key.ts';
import { stoppedServer } from '../operator/stopped-server.ts';
import { systemClock } from '../runtime/clock.ts';
import { systemIds } from '../runtime/ids.ts';
import { makeDataDir } from '../storage/data-dir/data-dir.ts';
import { checkExists } from '../storage/sqlite/open.ts';
import { StoreError } from '../storage/store-error.ts';
import { ConfigError, UsageError } from './exit-codes.ts';

/** What a command has to work with. */
export interface CommandSession {
  readonly config: Config;
  /** Absolute. */
  readonly dataDir: string;
  /** Has a request carried out: by the running server of the data directory, and where none runs, by this process, which locks the
   *  directory. @throws OperatorError, StoreError */
  readonly ask: <N extends RequestName>(command: N, input: GivenInput<N>) => Promise<Answer<N>>;
  readonly close: () => Promise<void>;
}

/** The server's variables, above all PARLEY_DATA_DIR. @throws ConfigError */
export const readConfig = (): Pick<CommandSession, 'config' | 'dataDir'> => {
  const parsed = parseConfig();
  if ('faults' in parsed)
    throw new ConfigError(parsed.faults.map(({ name, reason }) => `${name} ${reason}`).join('\n'));
  const { config } = parsed;
  return { config, dataDir: resolve(config.dataDir) };
};

/** @throws ConfigError */
export const openSession = (): CommandSession => {
  const { config, dataDir } = readConfig();
  const by = { account: accountName() };
  let own: { readonly perform: Perform; readonly close: () => void | Promise<void> } | undefined;
  return {
    config,
    dataDir,
    async ask(command, input) {
      // Before it is sent, so that a wrong argument is a matter of the command line.
      const checked = REQUESTS[command].input.safeParse(input);
      if (!checked.success) throw new UsageError(usageOf(checked.error));
      const request = { command, input: checked.data as Input<typeof command>, by };
      if (own !== undefined) return own.perform(request);
      const answer = await askServer(dataDir, { command, input, by }, systemClock);
      if ('unreachable' in answer) {
        own = await withoutServer(config, dataDir, answer.unreachable);
        return own.perform(request);
      }
      if (!answer.ok) throw new OperatorError(answer.message);
      return answer.result;
    },
    async close() {
      await own?.close();
    },
  };
};

/** Works in a folder of its own within the data directory, for a copy of the database.
 *  @throws StoreError `missing` if there is no data directory */
export const inDataDir = async <T>(
  { config, dataDir }: CommandSession,
  work: (folder: string) => Promise<T>,
): Promise<T> => {
  if (config.database !== null) makeDataDir(dataDir);
  else if (!existsSync(dataDir))
    await aboutDataDir(() => {
      checkExists(dataDir);
    });
  return inTemporaryFolder(dataDir, 'backup-copy-', work);
};

/** Opens a session, and closes it when the work is done. */
export const withSession = async <T>(work: (session: CommandSession) => Promise<T>): Promise<T> => {
  const session = openSession();
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};

const usageOf = ({ issues: [issue] }: z.ZodError): string =>
  `${issue?.path.join('.') ?? 'an argument'}: ${issue?.message ?? 'wrong'}`;

const withoutServer = async (config: Config, dataDir: string, unreachable: string) => {
  const owner = { dataDir, isGiven: config.jwtSecret !== null, tokenTtlMs: config.accessTtlS * 1000 };
  const rotateSigningKey = (): number => rotateKey({ ...owner, clock: systemClock, ids: systemIds }).until;
  const open = () =>
    stoppedServer(dataDir, unreachable, { config, rotateSigningKey, backups: storedBackups(config) });
  const { operator, close } = await (config.database === null ? aboutDataDir(open) : open());
  return { perform: makePerform({ operator, ids: systemIds, clock: systemClock }), close };
};

/** What the servers of before have made on their schedule. */
const storedBackups = ({ backups }: Config): Operator['backups'] =>
  backups === null
    ? null
    : {
        isRunning: false,
        failures: 0,
        begin: null,
        list: () => listedBackups(backups.dir, systemClock.now()),
      };

/** Names the variable in what is wrong with the data directory. */
export const aboutDataDir = async <T>(work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const advice =
      error.reason === 'missing'
        ? '\nSet it to the data directory of the server, which makes its database at its first start.'
        : '';
    throw new StoreError(error.reason, `PARLEY_DATA_DIR: ${error.message}${advice}`, error);
  }
};

/** For the audit records. With sudo: who called it. */
export const accountName = (): string => {
  const own = ((): string => {
    try {
      return userInfo().username;
    } catch {
      return `uid ${String(process.getuid?.() ?? '?')}`; // No entry for this account, as in many containers.
    }
  })();
  const caller = sudoUser();
  return (caller === undefined || caller === own ? own : `${caller} as ${own}`).slice(0, 64);
};
