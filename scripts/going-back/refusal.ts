import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../check.ts';

const EXIT_REFUSED = 74;
/** With SQLite, and with PostgreSQL. */
const SENTENCE =
  /^Parley can't run: .*the database has schema \d+, (?:this program knows up to \d+|which needs a program that knows \d+; this one knows up to \d+): start a newer Parley/m;

interface Ran {
  readonly status: number | null;
  readonly stderr: string;
}

/** An older server and an older command, on newer data. */
export const checkRefusal = (server: Ran, status: Ran): void => {
  check(
    `the older server ends with ${String(EXIT_REFUSED)}`,
    server.status === EXIT_REFUSED,
    `${String(server.status)} ${server.stderr}`,
  );
  check('and says why in a sentence', SENTENCE.test(server.stderr), server.stderr);
  check(
    'the older commands refuse too',
    status.status !== 0 && status.stderr.includes('schema'),
    status.stderr,
  );
};

/** Everything in a data directory but its lock and what SQLite makes for those who read. */
const NOTES = /^parley\.(lock.*|db-shm)$/;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOTES.test(entry.name))
    .map(({ name, parentPath }) => {
      const bytes = readFileSync(join(parentPath, name));
      return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
    })
    .sort();

/** Does something after which a data directory has to be as it was. */
export const checkUnchanged = (folder: string, act: () => void): void => {
  const before = filesIn(folder);
  act();
  const after = filesIn(folder);
  const changed = [
    ...after.filter((file) => !before.includes(file)),
    ...before.filter((file) => !after.includes(file)),
  ];
  check('nothing of the newer data has changed', changed.length === 0, changed.join(', '));
};
