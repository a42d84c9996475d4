import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWriter } from '../../server/storage/group-commit.ts';
import { WriteQueue } from '../../server/storage/write-queue.ts';
import { manualHost } from '../support/hosts.ts';
import { tempDir } from '../support/temp-dir.ts';

const LIMIT = 20_000;

test('[P9] past 20,000 waiting writes one more is refused at once; those that wait are answered in order', (t) => {
  const store = openWriter(tempDir(t));
  t.after(() => {
    store.close();
  });
  const { host, routed } = manualHost();
  const queue = new WriteQueue(host, store, () => undefined);
  const ask = (token: number): void => {
    host.accept({
      k: 'ask',
      to: 'writer:main',
      message: { type: 'probe', input: {} },
      from: 'shard:0',
      token,
    });
  };
  for (let token = 1; token <= LIMIT; token += 1) ask(token);
  assert.deepEqual(host.depth, { total: LIMIT, longest: LIMIT }, 'the figure of the writer’s mailbox');
  assert.equal(routed.length, 0);
  ask(LIMIT + 1);
  const answer = routed.pop()?.envelope;
  assert.ok(answer?.k === 'fault' && answer.token === LIMIT + 1);
  assert.equal(answer.fault.code, 'unavailable');
  assert.equal(answer.fault.retryAfterS, 1);

  queue.drain();
  assert.equal(queue.size, 0);
  assert.deepEqual(
    routed.map(({ envelope }) => envelope.k === 'reply' && envelope.token),
    Array.from({ length: LIMIT }, (_, i) => i + 1),
  );
  ask(LIMIT + 2);
  queue.drain();
  assert.equal(routed.at(-1)?.envelope.k, 'reply');
});
