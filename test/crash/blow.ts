import assert from 'node:assert/strict';
import type { CrashClient } from './client.ts';
import type { RandomSource } from '../support/random-source.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { Scope } from '../support/temp-dir.ts';

/** What a blow finds. */
export interface Scene {
  readonly scope: Scope;
  readonly server: ServerProcess;
  readonly clients: readonly CrashClient[];
  readonly random: RandomSource;
}

/** What is known after a blow, to be held against the server once it is up again. */
export interface Aftermath {
  /** Whether what the blow aims at was under way. */
  readonly hit: boolean;
  check(): Promise<void>;
}

/** One way to end a server without a word, and what is to be under way then. */
export interface Blow {
  readonly name: string;
  prepare?(scene: Scene): Promise<void>;
  strike(scene: Scene): Promise<Aftermath>;
}

const nothingMore: Aftermath = { hit: true, check: () => Promise.resolve() };

/** `kill -9`. Fails when the server had ended by itself before. */
export const killNow = async ({ server }: Scene): Promise<void> => {
  const exit = await server.kill('SIGKILL');
  assert.equal(exit.signal, 'SIGKILL', `the server ended by itself:\n${server.run.output}`);
};

const withReceipts = (name: string, share: number): Blow => ({
  name,
  prepare({ clients }) {
    for (const client of clients) client.receiptShare = share;
    return Promise.resolve();
  },
  async strike(scene) {
    await killNow(scene);
    return nothingMore;
  },
});

/** Killed while people write. */
export const underSend = withReceipts('send', 0.2);
/** Killed while every message is acknowledged too. */
export const underAck = withReceipts('ack', 1);
