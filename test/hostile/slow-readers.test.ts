import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CONTENT_MAX_CODE_POINTS, UNSENT_MAX_BYTES } from '../../server/protocol/limits.ts';
import { inTurns, Member, people, quantile, SOCKETS_EACH } from '../support/crowd.ts';
import { eventually } from '../support/eventually.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** sockets that never read beside fast ones. */
const SLOW = scaled({ sample: 4, long: 200 });
const FAST_PEOPLE = scaled({ sample: 4, long: 100 });
/** Messages at once to each slow person, again and again until the kernel takes no more for any of their sockets. */
const BATCH = 25;
/** Of four bytes a code point: 20 KB a message. */
const LONG = '𝄞'.repeat(CONTENT_MAX_CODE_POINTS);
const IN_FLIGHT = 20;
const WARM_UP = scaled({ sample: 1, long: 6 });
const KIB = 1024;

// Who reads nothing answers no ping either: here they are given the time that the test takes.
const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0', PARLEY_HEARTBEAT_S: '600' });
const metrics = await metricsUrl(server);
const rss = (): Promise<number> => figureOf(metrics, 'parley_resident_memory_bytes');

/** Sends so many messages, some at a time, and notes how long each took to be acknowledged. */
const flood = async (
  from: Member,
  to: { readonly id: string },
  texts: readonly string[],
): Promise<readonly number[]> => {
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  let next = 0;
  const more = (): void => {
    const content = texts[next];
    if (content === undefined) return;
    next += 1;
    const id = crypto.randomUUID();
    sentAt.set(id, performance.now());
    from.send('message', { recipient_id: to.id, content }, id);
  };
  await new Promise<void>((resolve) => {
    from.onFrame = ({ type, payload }) => {
      const started = sentAt.get(payload.message_id ?? '');
      if (type !== 'ack' || payload.status !== 'sent' || started === undefined) return;
      took.push(performance.now() - started);
      if (took.length === texts.length) resolve();
      else more();
    };
    for (let i = 0; i < IN_FLIGHT; i += 1) more();
  });
  from.onFrame = null;
  return took;
};

test('[P9][P4] who never reads costs a bounded amount, others are not held up, and nobody loses anything', async (t) => {
  const slowPeople = await people({ after }, server, Math.ceil(SLOW / SOCKETS_EACH));
  const fast = await people({ after }, server, FAST_PEOPLE);
  const slow = Array.from(
    { length: SLOW },
    (_, i) => new Member(slowPeople[Math.floor(i / SOCKETS_EACH)]!, server),
  );
  const crowd = fast.flatMap((who) => Array.from({ length: SOCKETS_EACH }, () => new Member(who, server)));
  await inTurns([...slow, ...crowd], 50, (member, at) => member.open(`127.0.0.${String(2 + (at % 100))}`));
  // Of one device each: nobody else must lag because of what the slow ones are sent.
  const loud = (await people({ after }, server, slowPeople.length)).map((who) => new Member(who, server));
  for (const member of loud) await member.open();
  const senders = crowd.filter((_, at) => at % SOCKETS_EACH === 0);
  const chatter = (): Promise<readonly (readonly number[])[]> =>
    Promise.all(
      senders.map((from, at) =>
        flood(
          from,
          fast[at % 2 === 0 ? at + 1 : at - 1] ?? fast[0]!,
          Array.from({ length: 20 }, (_, i) => `word ${String(i)}`),
        ),
      ),
    );
  const quiet = (await chatter()).flat();
  let each = 0;
  /** The same messages, while everybody reads: what they leave in SQLite's caches is not the slow ones' doing. */
  const floods = async (): Promise<void> => {
    const texts = new Array<string>(BATCH).fill(LONG);
    await Promise.all(slowPeople.map((to, at) => flood(loud[at]!, to, texts)));
    each += BATCH;
  };
  for (let round = 0; round < WARM_UP; round += 1) await floods();
  await eventually('everybody to have read it', () => slow.every(({ got }) => got.length === each), 120_000);
  const before = await rss();
  for (const member of slow) member.pause();
  const behind = async (): Promise<number> =>
    (await figureOf(metrics, 'parley_sockets{state="lagging"}')) +
    (await figureOf(metrics, 'parley_sockets{state="reading"}'));
  let rounds = 0;
  let loaded: readonly number[] = [];
  // Who is behind may still be catching up, as long as the kernel takes more: whoever lags is behind after the chatter too.
  await eventually(
    'every slow reader to lag before and after the others talk',
    async () => {
      await floods();
      rounds = (await behind()) >= SLOW ? rounds + 1 : 0;
      if (rounds < 3) return false;
      loaded = (await chatter()).flat();
      return (await behind()) >= SLOW;
    },
    180_000,
  );
  const grown = (await rss()) - before;
  assert.deepEqual(
    slow.filter(({ closeCode }) => closeCode !== null),
    [],
  );
  for (const member of slow) member.resume();
  await eventually(
    'everybody to have everything',
    () => slow.every(({ got }) => got.length === each),
    120_000,
  );
  for (const { breaches, got } of [...slow, ...crowd]) {
    assert.deepEqual(breaches, []);
    assert.equal(new Set(got).size, got.length, 'each once');
  }
  count(t, 'R-14', {
    slow: SLOW,
    fast: crowd.length,
    each,
    grownKiBPerSlow: Math.round(grown / SLOW / KIB),
    p99QuietMs: quantile(quiet, 0.99).toFixed(1),
    p99BesideMs: quantile(loaded, 0.99).toFixed(1),
  });
  // A few messages lie unsent before live waits; the allocator’s own comes on top.
  if (SLOW >= 100) assert.ok(grown / SLOW < UNSENT_MAX_BYTES / 2, `${String(grown / SLOW)} bytes for each`);
  for (const member of [...slow, ...crowd, ...loud]) member.drop();
});
