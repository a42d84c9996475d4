import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import type { Fault } from './fault.ts';
import { scoped } from './scoped.ts';

/** The log is cut once in so many seconds: a reader of at least as long meets an attempt. */
const SCHEDULE_S = 60;
const TRUNCATED_WITHIN_MS = 10_000;

const p99 = (waits: readonly number[]): number =>
  [...waits].sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/** One writes, one message after the other, for so many seconds; their waits. */
const talk = async (
  socket: Awaited<ReturnType<ChatClient['online']>>['socket'],
  ben: ChatClient,
  seconds: number,
): Promise<readonly number[]> => {
  const waits: number[] = [];
  const text = 'x'.repeat(1_000);
  for (const end = performance.now() + seconds * 1_000; performance.now() < end;) {
    const sent = performance.now();
    await say(socket, ben, text);
    waits.push(performance.now() - sent);
  }
  return waits;
};

/** A round is one second with another program's reading transaction open. How far the log grows meanwhile is told, not judged:
 *  nothing can take out of it what that reader may still ask for. */
export const longReader: Fault = {
  name: 'long-reader',
  proves: 'P1 R-7 a long reader sees its moment, stops no write, and the log is cut within 10 s of its end',
  small: 2,
  full: 60,
  async run(_scope, { rounds }) {
    return scoped(async (scope) => {
      const server = await ServerProcess.start(scope, { PARLEY_SHARDS: '1' });
      const ada = await ChatClient.register(scope, server, freshName('ada'));
      const ben = await ChatClient.register(scope, server, freshName('ben'));
      const { socket } = await ada.online();
      const before = await talk(socket, ben, Math.min(rounds, 10));
      const file = join(server.dataDir, DATABASE_FILE);
      const reader = new Database(file, { readonly: true });
      reader.exec('BEGIN');
      const count = (): unknown => reader.prepare('SELECT count(*) FROM messages').pluck().get();
      const seen = count();
      const during = await talk(socket, ben, rounds);
      assert.equal(count(), seen, 'the reader saw what came after it began');
      const grown = sizeOf(`${file}-wal`);
      reader.close();
      const released = performance.now();
      const isCut = () => sizeOf(`${file}-wal`) < grown / 10;
      if (rounds >= SCHEDULE_S) await eventually('the log to be cut', isCut, TRUNCATED_WITHIN_MS);
      const cutMs = performance.now() - released;
      return {
        seconds: rounds,
        'writes before': before.length,
        'writes during': during.length,
        'p99 ms before': p99(before).toFixed(1),
        'p99 ms during': p99(during).toFixed(1),
        'log MiB': (grown / 1024 / 1024).toFixed(1),
        'cut after ms': rounds >= SCHEDULE_S ? cutMs.toFixed() : 'not looked at',
      };
    });
  },
};
