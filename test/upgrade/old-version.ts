import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { within } from '../support/deadline.ts';
import { repositoryRoot } from '../support/paths.ts';
import { type Exit, ServerRun, type Settings } from '../support/server-process.ts';
import type { Scope } from '../support/temp-dir.ts';

/** The last version before PostgreSQL, the operator's commands and several hosts: four migrations of SQLite. */
const OLD_COMMIT = '8418a2104820db7b837f92a91c349491fcbc99df';
export const OLD_SCHEMA = 4;

const STOP_MS = 15_000;

/** This machine cannot build the old version. Never a pass. */
export class NotBuilt extends Error {}

const git = (args: readonly string[], into: 'pipe' | 'ignore' = 'pipe'): Buffer =>
  execFileSync('git', ['-C', repositoryRoot, ...args], {
    stdio: ['ignore', into, 'ignore'],
    maxBuffer: 256 * 1024 * 1024,
  });

/** Builds the old version from the history of this repository, once on this machine, and returns the folder. It uses the packages that
 *  are installed here if they have the versions that it names, and installs its own otherwise.
 *  @throws NotBuilt if the history is not there */
export const buildOldVersion = (): string => {
  const folder = join(tmpdir(), `parley-old-version-${OLD_COMMIT.slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  try {
    git(['cat-file', '-e', `${OLD_COMMIT}^{commit}`], 'ignore');
  } catch {
    throw new NotBuilt(
      `the commit ${OLD_COMMIT} is not in this repository: it is no clone, or a shallow one`,
    );
  }
  const aside = mkdtempSync(`${folder}-`);
  try {
    execFileSync('tar', ['x', '-C', aside], { input: git(['archive', OLD_COMMIT]) });
    if (hasItsPackages(aside)) symlinkSync(join(repositoryRoot, 'node_modules'), join(aside, 'node_modules'));
    else execFileSync('npm', ['ci'], { cwd: aside, stdio: 'inherit' });
    for (const part of [['--config', 'vite.server.config.ts'], []])
      execFileSync(
        process.execPath,
        ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error', ...part],
        {
          cwd: aside,
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      );
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
};

type Packages = Readonly<Record<string, string>>;

const hasItsPackages = (old: string): boolean => {
  const packagesOf = (folder: string): Packages => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as { dependencies?: Packages; devDependencies?: Packages };
    return { ...dependencies, ...devDependencies };
  };
  const here = packagesOf(repositoryRoot);
  return Object.entries(packagesOf(old)).every(([name, version]) => here[name] === version);
};

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

  static async start(scope: Scope, dataDir: string, port: number): Promise<OldServer> {
    const server = new OldServer(runOf(dataDir, port), port);
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

const runOf = (dataDir: string, port: number): ServerRun => {
  const settings: Settings = {
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: String(port),
    PARLEY_DATA_DIR: dataDir,
    PARLEY_SIGNUPS_PER_HOUR: '0',
    PARLEY_SEND_RATE: '0',
    PARLEY_SEND_BURST: '0',
  };
  return new ServerRun(settings, dataDir, join(buildOldVersion(), 'dist/bundle/main.js'));
};

/** A start of the old version that is expected to be refused. */
export const refusedOldStart = async (dataDir: string, port: number): Promise<Exit & { output: string }> => {
  const run = runOf(dataDir, port);
  const exit = await within(STOP_MS, 'the old version to refuse', run.exited);
  return { ...exit, output: run.output };
};

/** For a data directory that the old version makes. */
export const newDataDir = (parent: string): string => {
  const dataDir = join(parent, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  return dataDir;
};
