import { makeTexts } from '../load/texts.ts';
import { IdleClient } from '../load/idle-client.ts';
import { median, quantile } from '../report/statistics.ts';
import { start, type ServerTarget, type Started } from '../servers/targets.ts';
import { inFolder } from '../servers/server.ts';
import type { Benchmark } from './benchmark.ts';
import { goal, NAMES } from './load-tables.ts';

const MISSED = 1_000;
const WINDOW = 100;
const SERVERS = ['insert', 'parley'] as const;

/** Sends so many messages and waits until each was acknowledged. */
const post = async (from: IdleClient, recipientId: string, texts: readonly string[]): Promise<void> => {
  for (let at = 0; at < texts.length; at += WINDOW) {
    const waiting = new Set(
      texts
        .slice(at, at + WINDOW)
        .map((content) => from.say('message', { recipient_id: recipientId, content })),
    );
    await new Promise<void>((resolve) => {
      from.onEnvelope = (text) => {
        const { type, payload } = JSON.parse(text) as { type: string; payload: { message_id?: string } };
        if (type === 'ack') waiting.delete(payload.message_id ?? '');
        if (waiting.size === 0) resolve();
      };
    });
  }
};

/** Milliseconds from connect to `sync` of somebody who comes back again and again to the same missed messages. */
const returns = async ({ server, accounts }: Started, times: number): Promise<readonly number[]> => {
  const [one, other] = accounts;
  if (one === undefined || other === undefined) throw new Error('two accounts are needed');
  const { host, port } = server;
  const sender = new IdleClient({ host, port, token: one.token });
  await sender.arrived;
  await post(sender, other.userId, makeTexts(MISSED, 200));
  const took: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const client = new IdleClient({ host, port, token: other.token, cursor: 0 });
    const { ms, messages } = await client.arrived;
    client.leave();
    if (messages !== MISSED) throw new Error(`${messages} of ${MISSED} missed messages came`);
    took.push(ms);
  }
  sender.leave();
  return took;
};

/** Back after a while: what one waits for before the first live message. */
export const missed: Benchmark = {
  id: 'missed',
  title: 'A thousand missed messages, from connect to `sync`',
  async measure({ quick, said }) {
    const times = quick ? 10 : 60;
    const took = new Map<ServerTarget, readonly number[]>();
    for (const who of SERVERS) {
      const all = await inFolder(async (dir) => {
        const started = await start(who, dir, 2);
        try {
          return await returns(started, times);
        } finally {
          await started.server.stop();
        }
      });
      // The first ones find code that has never run.
      took.set(who, all.slice(Math.floor(times / 6)));
      said(`  ${who}: ${median(took.get(who) ?? []).toFixed(1)} ms`);
    }
    return {
      how: `One user reconnects ${times} times and receives the same ${MISSED.toLocaleString('en')} messages of 200 bytes (\`?cursor=0\`). Measured from connect, including the handshake, to the \`sync\` after the last message, whose cursor is checked. Unpinned; the first sixth of the connections is not counted.`,
      goals: [
        goal(
          '1,000 missed messages, connect to `sync`, median',
          took.get('parley') ?? [],
          'ms',
          'at most',
          15,
          { beside: [['(b)', median(took.get('insert') ?? [])]] },
        ),
      ],
      tables: [
        {
          columns: ['server', 'median ms', 'p90 ms'],
          rows: SERVERS.map((who) => [
            NAMES[who],
            median(took.get(who) ?? []),
            quantile(took.get(who) ?? [], 0.9),
          ]),
        },
      ],
    };
  },
};
