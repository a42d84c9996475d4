import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { openReads } from '../../server/storage/sqlite/queries.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { commandAnswer, runCommand } from '../support/operator-command.ts';
import { operatorEntry } from '../support/paths.ts';
import { scaled, testInExtended } from '../support/scale.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { SequenceIds } from '../support/sequence-ids.ts';
import type { Scope } from '../support/temp-dir.ts';
import { writePast } from '../support/write-past.ts';

interface Run {
  readonly messages: number;
  readonly file: string | null;
}

/** A stopped server with two users and old messages of the first to the second. */
const withPast = async (t: Scope, old: number) => {
  const server = await ServerProcess.start(t, {});
  const [ada, ben] = [
    await ChatClient.register(t, server, freshName('ada')),
    await ChatClient.register(t, server, freshName('ben')),
  ];
  await server.kill('SIGTERM');
  writePast(
    server.dataDir,
    ada.id,
    ben.id,
    Array.from({ length: old }, (_, n) => `old ${String(n + 1)}`),
  );
  return { server, ada, ben, dataDir: server.dataDir };
};

const linesIn = (dataDir: string): readonly { readonly seq: number }[] => {
  const folder = join(dataDir, 'archive');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { seq: number });
};

testInExtended(
  'a server without PARLEY_RETENTION_DAYS removes nothing, and says so',
  { skip: sqliteOnly },
  async (t) => {
    const { dataDir } = await withPast(t, 3);
    const refused = await runCommand(dataDir, ['retention', 'run']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /PARLEY_RETENTION_DAYS is not set, so messages are kept for ever/);
    const settings = { PARLEY_RETENTION_DAYS: '30' };
    const counted = await runCommand(dataDir, ['retention', 'run', '--dry-run'], settings);
    assert.match(counted.stdout, /^3 messages from before .* would be removed\.\n$/);
    assert.deepEqual(linesIn(dataDir), []);
    const removed = await commandAnswer<Run>(dataDir, ['retention', 'run'], settings);
    assert.equal(removed.messages, 3);
    assert.equal(linesIn(dataDir).length, 3);
    const wrong = await runCommand(dataDir, ['retention', 'run', '--days', '0']);
    assert.equal(wrong.code, 64);
  },
);

test(
  '[C8] [C9] a running server removes what is too old, and says where its history begins',
  { skip: sqliteOnly },
  async (t) => {
    const { server, ada, ben, dataDir } = await withPast(t, 150);
    await server.restart({ PARLEY_RETENTION_DAYS: '30' });
    const { socket } = await ada.online();
    socket.send('message', { recipient_id: ben.id, content: 'new' });
    const sent = await socket.next('ack');
    const answer = await commandAnswer<Run>(dataDir, ['retention', 'run']);
    assert.equal(answer.messages, 150);
    assert.ok(answer.file !== null && readFileSync(answer.file, 'utf8').split('\n').length === 151);
    const { conversations } = await ben.get<{ conversations: readonly Record<string, unknown>[] }>(
      '/conversations',
    );
    const [shown] = conversations;
    assert.deepEqual([shown?.['first_seq'], shown?.['last_seq'], shown?.['unread_count']], [151, 151, 1]);
    assert.match(String(shown?.['removed_until']), /^20/);
    const page = await ben.get<{ messages: readonly { seq: number }[]; has_more: boolean }>(
      `/conversations/${String(shown?.['id'])}/messages?around=3`,
    );
    assert.deepEqual([page.messages.map(({ seq }) => seq), page.has_more], [[151], false]);
    const found = await ben.get<{ messages: readonly unknown[]; removed_until: string | null }>(
      '/search?q=old',
    );
    assert.deepEqual([found.messages.length, found.removed_until], [0, shown?.['removed_until']]);
    assert.equal(sent.payload.seq, 151);
    const { stdout } = await runCommand(dataDir, ['status']);
    assert.match(stdout, /messages are kept for 30 days: 150 messages removed so far, last run 20/);
    assert.match((await runCommand(dataDir, ['audit'])).stdout, /retention\.run .*removed=150/);
  },
);

/** Old messages: enough for a run of a few hundred milliseconds. */
const OLD = 2_000;
const ROUNDS = scaled({ sample: 1, extended: 3, full: 20 });

/** Kills a run as soon as its archive has grown to so many bytes. */
const killedRun = async (dataDir: string, atBytes: number): Promise<void> => {
  const env = { PATH: process.env['PATH'], PARLEY_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [operatorEntry, 'retention', 'run', '--days', '30'], {
    env,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const folder = join(dataDir, 'archive');
  const size = (): number =>
    existsSync(folder)
      ? readdirSync(folder).reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0)
      : 0;
  while (child.exitCode === null && size() < atBytes) await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGKILL');
  await ended;
};

/** The run that was killed counts as broken off at once: a test does not wait a minute. */
const forgetRun = (dataDir: string): void => {
  const writer = openWriter(dataDir, { clock: new ManualClock(Date.now() + 3_600_000) });
  try {
    const [outcome] = writer.commit([
      { type: 'startRetention', input: { run: new SequenceIds().next(), file: 'none', everyMs: 0 } },
    ]);
    assert.ok(outcome?.ok === true);
  } finally {
    writer.close();
  }
};

test(
  `[C9] ${String(ROUNDS)} kills of a run lose no message and archive none twice`,
  { skip: sqliteOnly },
  async (t) => {
    const { dataDir, ben } = await withPast(t, OLD);
    const lineBytes = 330;
    for (let round = 1; round <= ROUNDS; round += 1) {
      await killedRun(dataDir, Math.floor((lineBytes * OLD * round) / (ROUNDS + 1)));
      const reads = openReads(dataDir);
      try {
        const { removed } = reads.retention();
        const seqs = linesIn(dataDir).map(({ seq }) => seq);
        assert.ok(seqs.length >= removed, 'nothing is removed before it is archived');
        assert.deepEqual(
          seqs.slice(0, removed),
          Array.from({ length: removed }, (_, n) => n + 1),
        );
        assert.equal(reads.storeCounts().messages, OLD - removed);
        t.diagnostic(`killed after ${String(removed)} messages, ${String(seqs.length)} of them archived`);
      } finally {
        reads.close();
      }
      forgetRun(dataDir);
    }
    await commandAnswer<Run>(dataDir, ['retention', 'run', '--days', '30'], {});
    assert.deepEqual(
      linesIn(dataDir).map(({ seq }) => seq),
      Array.from({ length: OLD }, (_, n) => n + 1),
    );
    const reads = openReads(dataDir);
    t.after(() => {
      reads.close();
    });
    assert.equal(reads.storeCounts().messages, 0);
    assert.equal(reads.conversations(ben.id, 10, null)?.conversations[0]?.first_seq, OLD + 1);
  },
);
