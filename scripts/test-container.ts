import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../perf/machine/free-port.ts';
import { ExpectedError, main } from './command.mjs';
import { stagesOf, type ImageSettings } from './container/dockerfile.ts';
import { runStage } from './container/run-stage.ts';
import { makeDebianRoot, type Debian } from './debian/root.ts';
import { insideRoot } from './debian/run-inside.ts';
import { startServer } from './debian/server-inside.ts';
import { log } from './log.mjs';
import { copySources } from './nodes/source-copy.ts';
import { root as clone } from './root.mjs';

/** `npm run test:container [-- --mirror URL]`: carries the steps of the Dockerfile out, in Debian 12 roots in dist/container-test/ instead
 *  of the images that they are based on, and runs the result as compose.yaml does: without root, on a root that can't be changed. It needs
 *  no container engine, but Linux, root, debootstrap, and the registries of npm and Debian. Exit code 1: something is wrong; 77: it could
 *  not be run here, and the last line says why. */
const DEBIAN: Debian = { name: 'Debian 12', suite: 'bookworm', packages: ['ca-certificates'] };
const FOLDER = join(clone, 'dist/container-test');

const check = (what: string, isSo: boolean): void => {
  if (!isSo) throw new ExpectedError(`FAILED: ${what}`);
  log(`passed: ${what}`);
};

/** How a command is run in the image: as its user without any capability, with volumes and /tmp that can be written. */
const makeRunner = (root: string, settings: ImageSettings, port: number) => {
  const [uid = '', gid = ''] = settings.user.split(':');
  const mounts = Object.fromEntries(
    ['/tmp', ...settings.volumes].map((path) => {
      const folder = join(FOLDER, `volume${path.replaceAll('/', '-')}`);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { mode: 0o700 });
      chownSync(folder, Number(uid), Number(gid));
      return [path, folder];
    }),
  );
  const env = { ...settings.env, PARLEY_PORT: String(port) };
  const as = [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
  ];
  const commandOf = (command: readonly string[]) =>
    insideRoot({ root, cwd: settings.workdir, env, mounts, readOnly: true, command: [...as, ...command] });
  const run = (...command: readonly string[]) => {
    const [program, ...args] = commandOf(command);
    return spawnSync(program, args, { encoding: 'utf8' });
  };
  return { commandOf, run };
};

const checkImage = async (root: string, settings: ImageSettings): Promise<void> => {
  check('its user is not root, and a number', /^[1-9]\d*:[1-9]\d*$/.test(settings.user));
  const { commandOf, run } = makeRunner(root, settings, await freePort());
  check('nothing outside of the volumes can be written', run('touch', '/opt/parley/x').status !== 0);
  const isHealthy = (): boolean => run(...settings.healthcheck).status === 0;
  check('before its start it is not healthy', !isHealthy());
  const server = await startServer(commandOf(settings.entrypoint));
  const url = server.url.replace('0.0.0.0', '127.0.0.1');
  check('it is ready', (await fetch(`${url}/readyz`)).status === 200);
  check('it is healthy', isHealthy());
  check(
    'it serves the client',
    (await fetch(url)).headers.get('content-type')?.startsWith('text/html') === true,
  );
  const made = run('parley', 'invite', 'create', '--json');
  check('the command parley works inside', made.status === 0 && made.stdout.includes('"code"'));
  check('it stops with exit code 0', (await server.stop()) === 0);
  check('after that it is not healthy', !isHealthy());
};

await main(async () => {
  const { values } = parseArgs({ options: { mirror: { type: 'string' } } });
  const places = {
    debian: join(FOLDER, 'debian-12'),
    context: join(FOLDER, 'context'),
    stages: join(FOLDER, 'stages'),
  };
  mkdirSync(places.stages, { recursive: true });
  await makeDebianRoot(places.debian, DEBIAN, values.mirror);
  copySources(clone, places.context);
  const stages = stagesOf(readFileSync(join(places.context, 'Dockerfile'), 'utf8'));
  let last;
  for (const [index, stage] of stages.entries()) last = await runStage(stage, index, places);
  if (last === undefined) throw new ExpectedError('FAILED: the Dockerfile has no stage');
  await checkImage(last.root, last.settings);
  const size = execFileSync('du', ['-sm', join(last.root, 'opt/parley')], { encoding: 'utf8' }).split(
    '\t',
  )[0];
  log(`The image adds ${size ?? '?'} MB to its base.`);
  rmSync(places.stages, { recursive: true });
});
