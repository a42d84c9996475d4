import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedStore } from './corpus/seed-store.ts';
import { root } from './machine/root.ts';
import { spawnProgram } from './machine/spawn.ts';

/** `npm run perf:move -- [MESSAGES] [DATABASE_URL]`: how long exports, imports and moves take, and how much memory they need, with the
 *  operator's own program. Without a number: a million messages. Without the URL of a server on which databases can be made, only what
 *  needs SQLite. Linux only: the memory is read from /proc. */

const [count = '1000000', url] = process.argv.slice(2);
const MESSAGES = Number(count);
const POLL_MS = 50;

const KEYS = {
  PARLEY_JWT_SECRET: 'a key of this measurement, 32 bytes long',
  PARLEY_REFRESH_SECRET: 'another key of this measurement, 32 bytes',
};

const folder = mkdtempSync(join(tmpdir(), 'parley-move-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

/** The largest resident set of a process so far, in MB. */
const peakOf = (pid: number): number => {
  try {
    const [, kib = '0'] =
      /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  } catch {
    return 0;
  }
};

/** Runs one command of `parley` on a data directory, and says what it took. */
const measure = async (
  what: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> => {
  const started = performance.now();
  const child = spawnProgram([process.execPath, join(root, 'dist/bundle/cli.js'), ...args, '--json'], {
    env,
    output: 'inherit',
  });
  let peak = 0;
  const poll = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid ?? 0));
  }, POLL_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(poll);
  if (code !== 0) throw new Error(`parley ${args.join(' ')} ended with ${String(code)}`);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${what.padEnd(36)} ${seconds.toFixed(1).padStart(7)} s  ${Math.round(peak).toString().padStart(5)} MB\n`,
  );
};

const inFolder = (name: string): string => join(folder, name);

const first = inFolder('first');
seedStore(first, MESSAGES);
const bytes = statSync(join(first, 'parley.db')).size;
process.stdout.write(
  `${MESSAGES.toLocaleString('en')} messages, a database of ${String(Math.round(bytes / 1e6))} MB\n`,
);

const file = inFolder('export.jsonl');
await measure('export from SQLite', ['export', file], { PARLEY_DATA_DIR: first });
process.stdout.write(`the export has ${String(Math.round(statSync(file).size / 1e6))} MB\n`);
await measure('import into SQLite', ['import', file], { PARLEY_DATA_DIR: inFolder('second') });
if (url === undefined) process.stdout.write('not run: PostgreSQL, for no URL was given\n');
else {
  const database = { PARLEY_DATABASE_URL: url, PARLEY_DATA_DIR: inFolder('host'), ...KEYS };
  await measure('move to PostgreSQL', ['move', '--to', url], { PARLEY_DATA_DIR: first });
  await measure('export from PostgreSQL', ['export', inFolder('again.jsonl')], database);
  await measure('move back to SQLite', ['move', '--from', url], { PARLEY_DATA_DIR: inFolder('third') });
}
