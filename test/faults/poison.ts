import assert from 'node:assert/strict';
import { pause } from '../support/deadline.ts';
import { freshName, ChatClient } from '../support/chat-client.ts';
import { assertNothingLost, moreAcks, underLoad } from './under-load.ts';
import type { Fault, FaultOptions } from './fault.ts';
import { scoped } from './scoped.ts';

const KINDS = ['write throw', 'writer exit', 'writer oom', 'writer hang'] as const;
const ATTEMPTS_MAX = 3;
const RETRY_MS = 50;
/** A hang is found after two seconds, and nobody waits for the deadline of a post (8 s) once the thread it went to is known to be gone. */
const ANSWER_WITHIN_MS = 6_000;

/** One poison under load: its sender repeats it as a good client does, until it is refused for good. */
const once = async (kind: (typeof KINDS)[number], { random }: FaultOptions): Promise<number> =>
  scoped(async (scope) => {
    const load = await underLoad(scope, random.fork());
    const { server, all } = load;
    const eve = await ChatClient.register(scope, server, freshName('eve'));
    const ben = await ChatClient.register(scope, server, freshName('ben'));
    const { socket } = await eve.online();
    const id = crypto.randomUUID();
    const content = `poison ${kind}`;
    let attempts = 0;
    let code = '';
    for (; code !== 'bad_request' && attempts < 10; attempts += 1) {
      const sentAt = performance.now();
      socket.send('message', { recipient_id: ben.id, content }, id);
      const answer = await socket.answerTo(id);
      assert.equal(answer.type, 'error', 'poison was acknowledged');
      assert.ok(performance.now() - sentAt < ANSWER_WITHIN_MS, 'its answer waited for a deadline');
      ({ code } = answer.payload);
      await pause(RETRY_MS);
    }
    assert.equal(code, 'bad_request', `still tried after ${String(attempts)} attempts`);
    const line = await server.run.line('message.poison');
    assert.equal(line['messageId'], id, 'another message was taken for it');
    assert.ok(Number(line['attempts']) <= ATTEMPTS_MAX);
    // Repeated once more it reaches nothing any more, and its sender's next message does.
    const deaths = server.run.output.split('thread.lost').length;
    socket.send('message', { recipient_id: ben.id, content }, id);
    assert.equal((await socket.answerTo(id)).type, 'error');
    const next = crypto.randomUUID();
    socket.send('message', { recipient_id: ben.id, content: 'the next' }, next);
    assert.equal((await socket.answerTo(next)).type, 'ack');
    await moreAcks(all, 20);
    assert.equal(server.run.output.split('thread.lost').length, deaths);
    assert.equal(server.run.output.split('message.poison').length, 2, 'others were taken for poison');
    await assertNothingLost(load);
    return attempts;
  });

export const poison: Fault = {
  name: 'poison',
  proves: 'P8 R-13 at most three attempts, then a dead letter with its id; others pass',
  sample: 1,
  small: 3,
  full: 90,
  async run(_scope, options) {
    let most = 0;
    for (let n = 0; n < options.rounds; n += 1) {
      const kind = KINDS[n % KINDS.length] ?? 'write throw';
      const attempts = await once(kind, options);
      most = Math.max(most, attempts);
      options.say(`poison ${String(n + 1)}: ${kind}, ${String(attempts)} attempts`);
    }
    return { poisons: options.rounds, 'most attempts': most, 'others refused': 0 };
  },
};
