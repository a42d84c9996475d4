import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  listedConversations,
  messagePages,
  type Read,
} from '../../../server/edge/own-data/own-data-reads.ts';
import { CONVERSATION, MESSAGE } from '../../../server/edge/api/documents/examples.ts';
import {
  conversationCursor,
  parseConversationCursor,
} from '../../../server/storage/presenting/conversation-cursor.ts';
import type { QueryName, Reads } from '../../../server/storage/reads.ts';
import { chance, scaled } from '../../support/scale.ts';

/** A store that answers these reads alone, each as it stands then. */
const reading = (answers: {
  readonly [Q in QueryName]?: (...args: Parameters<Reads[Q]>) => ReturnType<Reads[Q]>;
}): Read =>
  ((name: QueryName, ...args: never[]) =>
    Promise.resolve((answers[name] as ((...given: never[]) => unknown) | undefined)?.(...args))) as Read;

/** A list in the order of activities, as the store has it; what happens moves a conversation to its top. */
class MovingList {
  head: number;
  readonly #activities: Map<string, number>;
  readonly #between: () => void;

  constructor(size: number, between: (list: MovingList) => void) {
    this.#activities = new Map(Array.from({ length: size }, (_, n) => [`c${String(n)}`, n + 1]));
    this.head = size;
    this.#between = () => {
      between(this);
    };
  }

  move(id: string): void {
    this.head += 1;
    this.#activities.set(id, this.head);
  }

  /** One near the end of the list, which is read last. */
  lowestButOne(): string {
    const sorted = [...this.#activities].sort(([, a], [, b]) => a - b);
    return sorted[1]?.[0] ?? '';
  }

  readonly read = reading({
    headCursor: () => this.head,
    conversations: (_user, limit, before) => {
      const below = before === null ? Infinity : (parseConversationCursor(before) ?? 0);
      const left = [...this.#activities].filter(([, at]) => at < below).sort(([, a], [, b]) => b - a);
      const page = left.slice(0, limit);
      this.#between();
      const last = page.at(-1);
      return {
        conversations: page.map(([id]) => ({ ...CONVERSATION, id })),
        next: last !== undefined && left.length > limit ? conversationCursor(last[1]) : null,
      };
    },
  });
}

const namesOf = async (list: MovingList): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { id } of listedConversations(list.read, 'ada')) names.push(id);
  return names;
};
const all = (size: number): readonly string[] =>
  Array.from({ length: size }, (_, n) => `c${String(n)}`).sort();

test('[E2] a list of several pages that stands still is read once', async () => {
  let pages = 0;
  const list = new MovingList(250, () => (pages += 1));
  assert.deepEqual([...(await namesOf(list))].sort(), all(250));
  assert.equal(pages, 3);
});

test('[E2] conversations that move to the top while the list is read are not missed, and none comes twice', async (t) => {
  const random = chance(t);
  for (let round = 0; round < scaled({ sample: 20, full: 500 }); round += 1) {
    let left = random.between(1, 400);
    const list = new MovingList(350, (moving) => {
      for (let n = random.between(0, 120); n > 0 && left > 0; n -= 1, left -= 1)
        moving.move(random.chance(0.3) ? moving.lowestButOne() : `c${String(random.between(0, 349))}`);
    });
    assert.deepEqual([...(await namesOf(list))].sort(), all(350));
  }
});

test('[E2] a list that never stands still is an error, and not a short export', async () => {
  const list = new MovingList(350, (moving) => {
    for (let n = 0; n < 250; n += 1) moving.move(moving.lowestButOne());
  });
  await assert.rejects(namesOf(list), /moved faster/);
});

test('[E2] messages come page by page up to the last one wanted, without what has been removed meanwhile', async () => {
  let first = 3;
  const limits: number[] = [];
  const read = reading({
    messages: (_user, _id, { after = 0, limit }) => {
      limits.push(limit);
      const from = Math.max(first, after + 1);
      const to = Math.min(500, from + limit - 1);
      const messages = Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => ({
        ...MESSAGE,
        seq: from + n,
      }));
      // Retention removes the next ones, too.
      if (limits.length === 1) first = 200;
      return { messages, has_more: to < 500 };
    },
  });
  const seqs: number[] = [];
  for await (const page of messagePages(read, 'ada', { id: 'c', from: 3, to: 320 }))
    seqs.push(...page.map(({ seq }) => seq));
  const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
  assert.deepEqual(seqs, [...span(3, 102), ...span(200, 320)]);
  assert.ok(limits.every((limit) => limit <= 100));
});

test('an account that is gone is an error, and not a short export', async () => {
  const read = reading({ headCursor: () => 0, conversations: () => null, messages: () => null });
  await assert.rejects(async () => {
    for await (const conversation of listedConversations(read, 'ada')) assert.fail(conversation.id);
  }, /gone/);
  await assert.rejects(async () => {
    for await (const page of messagePages(read, 'ada', { id: 'c', from: 1, to: 2 }))
      assert.fail(String(page.length));
  }, /gone/);
});
