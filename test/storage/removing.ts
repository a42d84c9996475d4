import assert from 'node:assert/strict';
import type { Reads } from '../../server/storage/reads.ts';
import type { Writes } from '../../server/storage/writes.ts';
import type { Stage } from './stage.ts';

type ExpiredPage = ReturnType<Reads['expiredMessages']>;

/** A run of retention in steps of `limit` messages. Returns the texts that it removed, in their order. */
export const removeBefore = async (stage: Stage, before: number, limit = 3): Promise<readonly string[]> => {
  const run = stage.ids.next();
  const started = await stage.do('startRetention', { run, file: `${run}.jsonl`, everyMs: 0 });
  assert.equal(started.kind, 'started');
  const removed: string[] = [];
  let after: string | null = null;
  do {
    const page: ExpiredPage = await stage.queries.expiredMessages({ before, after, limit });
    removed.push(...page.messages.map(({ content }) => content));
    if (page.messages.length > 0) {
      const ids = page.messages.map(({ id }) => id);
      const input: Writes['removeMessages']['in'] = {
        run,
        ids,
        file: started.file,
        bytes: started.bytes + removed.length,
      };
      assert.deepEqual(await stage.do('removeMessages', input), { kind: 'removed' });
    }
    after = page.next;
  } while (after !== null);
  assert.deepEqual(await stage.do('endRetention', { run, removed: removed.length, before, audit: null }), {
    kind: 'ended',
  });
  return removed;
};
