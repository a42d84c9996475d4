import type { Benchmark } from '../benchmarks/benchmark.ts';
import { makeTexts } from '../load/texts.ts';
import { IdleClient } from '../load/idle-client.ts';
import { readCpu, spentBetween, totalOf } from '../machine/cpu.ts';
import { median } from '../report/statistics.ts';
import { startParley } from '../servers/targets.ts';
import { seedAccounts, seedMessages } from '../servers/seed.ts';
import { inFolder, type Running } from '../servers/server.ts';
import type { LoadUser } from '../load/spec.ts';

const OPENED = 20;
const LISTS = 50;
const MESSAGES = 200;

interface Row {
  readonly conversations: number;
  /** Connect to `sync` with nothing missed. */
  readonly openMs: number;
  readonly openCpuMs: number;
  readonly listMs: number;
  /** Send to `ack sent`, one after the other. */
  readonly sendMs: number;
}

const arriveWithHead = async (
  { host, port }: Running,
  { token }: LoadUser,
  cursor: number,
): Promise<IdleClient> => {
  const client = new IdleClient({ host, port, token, cursor });
  await client.arrived;
  return client;
};

/** Milliseconds from send to `ack sent`. */
const sendOnce = (client: IdleClient, recipientId: string, content: string): Promise<number> =>
  new Promise((resolve) => {
    const started = performance.now();
    client.onEnvelope = (text) => {
      if (text.includes(`"message_id":"${id}"`)) resolve(performance.now() - started);
    };
    const id = client.say('message', { recipient_id: recipientId, content });
  });

const look = async (server: Running, accounts: readonly LoadUser[]): Promise<Row> => {
  const [person, peer] = accounts;
  if (person === undefined || peer === undefined) throw new Error('two accounts are needed');
  const first = await arriveWithHead(server, person, 0);
  const { cursor } = first;
  first.leave();

  const before = readCpu(server.pid);
  const opened: number[] = [];
  for (let i = 0; i < OPENED; i += 1) {
    const client = await arriveWithHead(server, person, cursor);
    opened.push((await client.arrived).ms);
    client.leave();
  }
  const openCpuMs = totalOf(spentBetween(before, readCpu(server.pid))) / 1000 / OPENED;

  const listed: number[] = [];
  for (let i = 0; i < LISTS; i += 1) {
    const started = performance.now();
    const response = await fetch(`http://${server.host}:${server.port}/conversations`, {
      headers: { authorization: `Bearer ${person.token}` },
    });
    if (response.status !== 200) throw new Error(`the list answered ${response.status}`);
    await response.text();
    listed.push(performance.now() - started);
  }

  const sender = await arriveWithHead(server, person, cursor);
  const sent: number[] = [];
  for (const text of makeTexts(MESSAGES, 200)) sent.push(await sendOnce(sender, peer.userId, text));
  sender.leave();
  return {
    conversations: accounts.length - 1,
    openMs: median(opened),
    openCpuMs,
    listMs: median(listed),
    sendMs: median(sent),
  };
};

/** A person who knows everybody. */
export const byConversations: Benchmark = {
  id: 'growth-conversations',
  title: 'Conversations of one user',
  async measure({ quick, said }) {
    const counts = quick ? [1, 10, 100] : [1, 100, 1_000, 10_000];
    const rows: Row[] = [];
    for (const count of counts) {
      const row = await inFolder(async (dir) => {
        const accounts = await seedAccounts(dir, count + 1);
        seedMessages(dir, count, (i) => ({
          from: accounts[i + 1]!.userId,
          to: accounts[0]!.userId,
          content: 'a first word',
        }));
        const server = await startParley(dir);
        try {
          return await look(server, accounts);
        } finally {
          await server.stop();
        }
      });
      said(
        `  ${count}: open ${row.openMs.toFixed(1)} ms, list ${row.listMs.toFixed(1)} ms, send ${row.sendMs.toFixed(2)} ms`,
      );
      rows.push(row);
    }
    const line = (name: string, pick: (row: Row) => number) => ({
      name,
      points: rows.map((row) => [row.conversations, pick(row)] as const),
    });
    return {
      how: `One user has conversations with many others, each of whom wrote one message and is offline. Measured: ${OPENED} connections with nothing to catch up on (CPU is that of the whole server, including the disconnect), ${LISTS} requests for the first page of the conversation list over HTTP, and ${MESSAGES} messages of 200 bytes one after the other, from send to \`ack sent\`. Medians, unpinned.`,
      goals: [],
      tables: [
        {
          columns: ['conversations', 'connect to `sync`, ms', 'its CPU, ms', 'list, ms', 'send to `ack`, ms'],
          rows: rows.map((row) => [row.conversations, row.openMs, row.openCpuMs, row.listMs, row.sendMs]),
        },
      ],
      plots: [
        {
          name: 'growth-conversations',
          title: 'What a person with many conversations waits for',
          x: 'conversations',
          y: 'ms, median',
          across: 'log',
          series: [
            line('connect to sync', (row) => row.openMs),
            line('list', (row) => row.listMs),
            line('send to ack', (row) => row.sendMs),
          ],
        },
      ],
    };
  },
};
