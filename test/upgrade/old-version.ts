import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { within } from '../support/deadline.ts';
import { type Exit, ServerRun, type Settings } from '../support/server-process.ts';
import type { Scope } from '../support/temp-dir.ts';
import { buildCommit } from './built-commit.ts';

/** The last version before PostgreSQL, the operator's commands and several hosts: four migrations of SQLite. */
const OLD_COMMIT = '8418a2104820db7b837f92a91c349491fcbc99df';
export const OLD_SCHEMA = 4;
/** The last version before a new kind of event waited until all hosts are replaced [H7]: six migrations of PostgreSQL. */
export const LAST_UNGATED_COMMIT = 'e6b7e1c636afdf6b2872c94ca1a285806d9fc2a7';

const STOP_MS = 15_000;

/** See `buildCommit`. */
export const buildOldVersion = (): string => buildCommit(OLD_COMMIT);

/** A server of the old version on a data directory and a port. */
export class OldServer {
  readonly run: ServerRun;
  readonly url: string;
  readonly socketUrl: string;
  /** Its answers need not have the form that this version documents. */
  readonly through = {};

  private constructor(run: ServerRun, port: number) {
    this.run = run;
    this.url = `http://127.0.0.1:${String(port)}`;
    this.socketUrl = `ws://127.0.0.1:${String(port)}/ws`;
  }

  /** `commit`: of which version. */
  static async start(
    scope: Scope,
    dataDir: string,
    port: number,
    further: Settings = {},
    commit = OLD_COMMIT,
  ): Promise<OldServer> {
    const server = new OldServer(runOf(dataDir, port, further, commit), port);
    scope.after(async () => {
      await server.run.kill();
    });
    await server.run.listening();
    return server;
  }

  async stop(): Promise<Exit> {
    return await this.run.kill('SIGTERM');
  }
}

const runOf = (dataDir: string, port: number, further: Settings, commit: string): ServerRun => {
  const settings: Settings = {
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: String(port),
    PARLEY_DATA_DIR: dataDir,
    PARLEY_SIGNUPS_PER_HOUR: '0',
    PARLEY_SEND_RATE: '0',
    PARLEY_SEND_BURST: '0',
    ...further,
  };
  return new ServerRun(settings, dataDir, join(buildCommit(commit), 'dist/bundle/main.js'));
};

/** A start of the old version that is expected to be refused. */
export const refusedOldStart = async (
  dataDir: string,
  port: number,
  further: Settings = {},
  commit = OLD_COMMIT,
): Promise<Exit & { output: string }> => {
  const run = runOf(dataDir, port, further, commit);
  const exit = await within(STOP_MS, 'the old version to refuse', run.exited);
  return { ...exit, output: run.output };
};

/** For a data directory that the old version makes. */
export const newDataDir = (parent: string): string => {
  const dataDir = join(parent, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  return dataDir;
};
