import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { ExpectedError } from '../command.mjs';
import { NotRun } from '../debian/not-run.ts';
import { copyNameService } from '../debian/root.ts';
import { runInside } from '../debian/run-inside.ts';
import { log } from '../log.mjs';
import {
  BARE,
  copyingOf,
  settingsAfter,
  type Copying,
  type ImageSettings,
  type Stage,
} from './dockerfile.ts';

interface Places {
  /** A Debian root, which stands for the images that are based on it. */
  readonly debian: string;
  /** What `docker build` would send. */
  readonly context: string;
  /** Where the stages are made, one folder each. */
  readonly stages: string;
}

/** Node, npm and their headers at the places where the image of Node has them. */
const putThisNode = (root: string): void => {
  const node = realpathSync(process.execPath);
  const prefix = dirname(dirname(node));
  const npm = [join(prefix, 'lib/node_modules/npm'), '/usr/share/nodejs/npm'].find((each) =>
    existsSync(each),
  );
  const licence = [join(prefix, 'LICENSE'), join(prefix, 'share/doc/nodejs/LICENSE')].find((each) =>
    existsSync(each),
  );
  if (npm === undefined || licence === undefined)
    throw new NotRun(`npm and the licence of Node are not beside ${node}`);
  const local = (path: string): string => join(root, 'usr/local', path);
  cpSync(node, local('bin/node'));
  cpSync(licence, local('LICENSE'));
  cpSync(npm, local('lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true });
  const headers = join(prefix, 'include/node');
  if (existsSync(headers)) cpSync(headers, local('include/node'), { recursive: true });
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, local(`bin/${name}`));
};

const makeBase = (base: string, root: string, debian: string): void => {
  const isNode = base.startsWith('node:');
  if (!isNode && !base.startsWith('debian:'))
    throw new ExpectedError(`There is nothing here that stands for ${base}.`);
  const [, wanted] = /^node:(\d+)/.exec(base) ?? [];
  if (wanted !== undefined && wanted !== process.versions.node.split('.')[0]) {
    throw new NotRun(`${base} needs Node ${wanted}, and this is ${process.versions.node}`);
  }
  rmSync(root, { recursive: true, force: true });
  execFileSync('cp', ['-a', '--reflink=auto', debian, root]);
  copyNameService(root);
  if (isNode) putThisNode(root);
};

/** The files and folders that a source of COPY names; its last part may hold an asterisk. */
const namedBy = (folder: string, source: string): readonly string[] => {
  const path = join(folder, source);
  if (!source.includes('*')) return [path];
  const [before = '', after = ''] = basename(source).split('*');
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(before) && name.endsWith(after));
  return names.map((name) => join(dirname(path), name));
};

const copy = ({ from, sources, target }: Copying, root: string, workdir: string, places: Places): void => {
  const folder = from === undefined ? places.context : join(places.stages, from);
  const goal = join(root, resolve(workdir, target));
  const all = sources.flatMap((source) => namedBy(folder, source));
  if (all.length === 0) throw new ExpectedError(`FAILED: COPY finds nothing: ${sources.join(' ')}`);
  for (const path of all) {
    const isFolder = statSync(path).isDirectory();
    const isInto = isFolder || target.endsWith('/') || all.length > 1;
    mkdirSync(isInto ? goal : dirname(goal), { recursive: true });
    execFileSync('cp', [
      '-a',
      '--no-preserve=ownership',
      isFolder ? `${path}/.` : path,
      isInto ? `${goal}/` : goal,
    ]);
  }
};

/** Carries one stage out, in a Debian root of its own instead of the image that it names. Returns its root and what the image says of
 *  how it is run.
 *  @throws ExpectedError where a step fails */
export const runStage = async (
  stage: Stage,
  index: number,
  places: Places,
): Promise<{ readonly root: string; readonly settings: ImageSettings }> => {
  const root = join(places.stages, stage.name ?? String(index));
  makeBase(stage.base, root, places.debian);
  let settings = BARE;
  for (const instruction of stage.instructions) {
    const { name, text } = instruction;
    log(`${name} ${text}`);
    settings = settingsAfter(settings, instruction);
    if (name === 'WORKDIR') mkdirSync(join(root, text), { recursive: true });
    if (name === 'COPY') copy(copyingOf(text), root, settings.workdir, places);
    if (name !== 'RUN') continue;
    const { workdir: cwd, env } = settings;
    const command = ['/bin/sh', '-c', text];
    const code = await runInside({ root, cwd, env, command, npm: true, onText: () => undefined });
    if (code !== 0) throw new ExpectedError(`FAILED: RUN ${text} (${String(code)})`);
  }
  return { root, settings };
};
