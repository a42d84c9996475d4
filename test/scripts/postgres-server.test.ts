import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { withoutOwnPostgres } from '../support/postgres.ts';

test(
  'a PostgreSQL of tests ends with their process, even if that is killed',
  { skip: withoutOwnPostgres },
  async () => {
    const url = new URL('../support/postgres-server.js', import.meta.url).href;
    const program = `
    const { PostgresServer } = await import(${JSON.stringify(url)});
    const server = await PostgresServer.start({ after: () => undefined });
    console.log(server.folder);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const folder = await new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).once('line', resolve);
    });
    assert.ok(existsSync(folder));
    child.kill('SIGKILL');
    await eventually('the server and its folder to be gone', () => !existsSync(folder));
  },
);
