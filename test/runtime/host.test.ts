import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParleyError } from '../../server/protocol/errors.ts';
import { replyTo, type Asker, type Props, type Question, type ReplyTo } from '../../server/runtime/actor.ts';
import { refOf } from '../../server/runtime/address.ts';
import { THREAD_GONE } from '../../server/runtime/fault.ts';
import { manualHost } from '../support/hosts.ts';

type Order =
  | { type: 'note'; text: string }
  | { type: 'throw' }
  | { type: 'leave' }
  | ({ type: 'echo'; text: string } & Question<string>)
  | ({ type: 'hold' } & Question<string>)
  | { type: 'release'; text: string };

/** Notes what it gets; can crash, leave, and answer later. */
const noter = (seen: string[], options: { limit?: number; idleMs?: number } = {}): Props<Order> => ({
  kind: 'noter',
  mailboxLimit: options.limit ?? 16,
  idleMs: options.idleMs ?? 0,
  create: (key) => {
    seen.push(`${key} activated`);
    let held: ReplyTo<string> | undefined;
    let open: ((text: string) => void) | undefined;
    return {
      receive(message, context) {
        switch (message.type) {
          case 'note':
            seen.push(message.text);
            return undefined;
          case 'throw':
            throw new Error('as ordered');
          case 'leave':
            context.passivate();
            return undefined;
          case 'echo':
            context.reply(context.replyTo(message), message.text);
            return undefined;
          case 'hold':
            held = context.replyTo(message);
            return new Promise<void>((resolve) => {
              open = (text) => {
                context.reply(held, text);
                resolve();
              };
              waiting.push(open);
            });
          case 'release':
            return undefined;
        }
      },
      stop() {
        seen.push(`${key} stopped`);
      },
    };
  },
});
const waiting: ((text: string) => void)[] = [];
const ref = (key: string) => refOf<Order>('noter', key);

test('an actor is activated by its first message and takes one at a time, in order', () => {
  const { host } = manualHost();
  const seen: string[] = [];
  host.register(noter(seen));
  host.tell(ref('a'), { type: 'note', text: '1' });
  host.tell(ref('a'), { type: 'note', text: '2' });
  assert.deepEqual(seen, ['a activated', '1', '2']);
  host.stop();
});

test('an ask is answered with the type of its question', async () => {
  const { host } = manualHost();
  host.register(noter([]));
  const answer: string = await host.ask(ref('a'), { type: 'echo', text: 'hello' }, 1000);
  assert.equal(answer, 'hello');
  host.stop();
});

test('[P8] a throw costs that actor alone: its asker hears internal, its mail goes to a fresh one', async () => {
  const { host } = manualHost();
  const seen: string[] = [];
  host.register(noter(seen));
  host.tell(ref('b'), { type: 'note', text: 'neighbour' });
  const failed = host.ask(ref('a') as never, { type: 'throw' } as never, 1000);
  await assert.rejects(failed, (error) => error instanceof ParleyError && error.code === 'internal');
  host.tell(ref('a'), { type: 'note', text: 'after' });
  assert.deepEqual(seen, ['b activated', 'neighbour', 'a activated', 'a stopped', 'a activated', 'after']);
  assert.equal(host.deadLetters.counts['actor-crashed'], 1);
  host.stop();
});

test('[P9] while an actor works its mail waits; past the mailbox an asker hears unavailable', async () => {
  const { host } = manualHost();
  const seen: string[] = [];
  host.register(noter(seen, { limit: 2 }));
  const first = host.ask(ref('a'), { type: 'hold' }, 1000);
  host.tell(ref('a'), { type: 'note', text: 'waits' });
  const second = host.ask(ref('a'), { type: 'echo', text: 'waits too' }, 1000);
  await assert.rejects(
    host.ask(ref('a'), { type: 'echo', text: 'too much' }, 1000),
    (error) => error instanceof ParleyError && error.code === 'unavailable' && error.retryAfterS === 1,
  );
  assert.deepEqual(seen, ['a activated']);
  assert.equal(host.depth.longest, 2);
  waiting.pop()?.('done');
  assert.equal(await first, 'done');
  assert.equal(await second, 'waits too');
  assert.deepEqual(seen, ['a activated', 'waits']);
  assert.equal(host.deadLetters.counts['mailbox-full'], 1);
  host.stop();
});

test('an idle actor leaves memory and comes back with the next message; one that leaves takes its mail first', () => {
  const { host, clock } = manualHost();
  const seen: string[] = [];
  host.register(noter(seen, { idleMs: 15_000 }));
  host.tell(ref('a'), { type: 'note', text: '1' });
  clock.advance(10_000);
  assert.equal(host.actors, 1);
  clock.advance(10_000);
  assert.equal(host.actors, 0);
  host.tell(ref('a'), { type: 'leave' });
  assert.deepEqual(seen, ['a activated', '1', 'a stopped', 'a activated', 'a stopped']);
  host.stop();
});

test('nobody of that kind: a dead letter, and the asker hears it', async () => {
  const { host } = manualHost();
  await assert.rejects(host.ask(refOf<Order>('nobody', 'x'), { type: 'echo', text: '' }, 1000));
  assert.equal(host.deadLetters.counts['no-actor-kind'], 1);
  host.stop();
});

test('an envelope for another thread is routed; a refused one fails its asker at once', async () => {
  const { host, routed } = manualHost(
    (address) => (address === 'noter:far' ? 'shard:0' : address === 'noter:full' ? 'shard:1' : 'shard:2'),
    (thread) => (thread === 'shard:0' ? 'sent' : thread === 'shard:1' ? 'link-full' : 'thread-gone'),
  );
  host.tell(ref('far'), { type: 'note', text: 'x' });
  assert.deepEqual(routed, [
    { thread: 'shard:0', envelope: { k: 'tell', to: 'noter:far', message: { type: 'note', text: 'x' } } },
  ]);
  const refused = (key: string, detail: RegExp) =>
    assert.rejects(
      host.ask(ref(key), { type: 'echo', text: '' }, 1000),
      (error) => error instanceof ParleyError && error.code === 'unavailable' && detail.test(error.message),
    );
  await refused('full', /Too much is waiting/);
  await refused('gone', /is starting/);
  assert.equal(host.deadLetters.counts['link-full'], 1);
  assert.equal(host.deadLetters.counts['thread-gone'], 1);
  host.stop();
});

test('[P8] a question fails as soon as the thread that answers it is lost, and no other question does', async () => {
  const { host } = manualHost((address) => (address.endsWith('far') ? 'shard:0' : 'shard:1'));
  const asked = host.ask(ref('far'), { type: 'echo', text: '' }, 1000);
  const other = host.ask(ref('near'), { type: 'echo', text: '' }, 1000);
  host.threadLost('shard:0');
  await assert.rejects(asked, { code: 'unavailable', message: THREAD_GONE.detail });
  host.accept({ k: 'reply', token: 2, result: 'still here' });
  assert.equal(await other, 'still here');
  host.stop();
});

test('code and retry survive the thread hop that an Error does not', async () => {
  const { host, routed } = manualHost(() => 'shard:0');
  const asked = host.ask(ref('a'), { type: 'echo', text: '' }, 1000);
  const sent = routed[0]?.envelope;
  assert.equal(sent?.k, 'ask');
  host.accept({
    k: 'fault',
    token: sent.token,
    fault: structuredClone({ code: 'conflict', detail: 'no', retryAfterS: 3 }),
  });
  await assert.rejects(asked, { name: 'ParleyError', code: 'conflict', message: 'no', retryAfterS: 3 });
  host.stop();
});

test('an answer of another type than its question asks for does not compile', async () => {
  const { host } = manualHost();
  type Double = { readonly type: 'double'; readonly n: number } & Question<number>;
  host.serve('doubler', (question: Double, asker: Asker | undefined) => {
    const double = 2 * question.n;
    const to = replyTo(question, asker);
    const mistakes = (): void => {
      // @ts-expect-error -- who asked is not tied to a question yet, so no answer fits
      host.reply(asker, double);
      // @ts-expect-error -- a number is asked for
      host.reply(to, 'eight');
      // @ts-expect-error -- a message that is no question has no answer
      replyTo({ type: 'note' }, asker);
    };
    assert.equal(typeof mistakes, 'function');
    host.reply(to, double);
  });
  host.register<Order>({
    ...noter([]),
    create: () => ({
      receive(message, context) {
        if (message.type !== 'echo') return;
        const to = context.replyTo(message);
        const mistake = (): void => {
          // @ts-expect-error -- a string is asked for
          context.reply(to, 8);
        };
        assert.equal(typeof mistake, 'function');
        context.reply(to, message.text);
      },
    }),
  });
  assert.equal(await host.ask(refOf<Double>('doubler', 'x'), { type: 'double', n: 4 }, 1000), 8);
  assert.equal(await host.ask(ref('a'), { type: 'echo', text: 'hello' }, 1000), 'hello');
  host.stop();
});
