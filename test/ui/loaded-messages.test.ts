import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api, Window } from '../../ui/net/api.ts';
import { apply } from '../../ui/model/apply.ts';
import { History } from '../../ui/history/history.ts';
import type { Model } from '../../ui/model/model.ts';
import { LOADED_KEPT, LOADED_MOST, READ_MOST } from '../../ui/model/timeline.ts';
import { CHAT, messageFrame, sampleModel, wireMessage } from './sample.ts';

/** A conversation of `count` messages on a server, and what of it is loaded here. */
class Stage {
  model: Model;
  readonly history: History;
  #count: number;

  constructor(count: number) {
    this.#count = count;
    this.model = sampleModel({ lastSeq: count });
    this.history = new History({
      api: {
        messages: (_: string, window: Window | null, limit: number) => this.#page(window, limit),
      } as unknown as Api,
      model: () => this.model,
      change: (edit) => {
        this.model = edit(this.model);
        this.history.bound();
      },
      generation: () => 0,
    });
  }

  get seqs(): readonly (number | null)[] {
    const { detours, timelines } = this.model;
    return ((detours.get(CHAT) ?? timelines.get(CHAT))?.messages ?? []).map(({ seq }) => seq);
  }

  comesIn(): void {
    this.#count += 1;
    this.model = apply(this.model, messageFrame(this.#count, this.#count), 0).model;
    this.history.bound();
  }

  #page(window: Window | null, limit: number): Promise<unknown> {
    if (window !== null && 'around' in window) {
      const messages = Array.from({ length: limit }, (_, at) => wireMessage(window.around + at, false));
      return Promise.resolve({ messages, has_more: true });
    }
    const before = window !== null && 'before' in window ? window.before : this.#count + 1;
    const first = window !== null && 'after' in window ? window.after + 1 : Math.max(1, before - limit);
    const last =
      window !== null && 'after' in window ? Math.min(this.#count, window.after + limit) : before - 1;
    const messages = Array.from({ length: last - first + 1 }, (_, at) => wireMessage(first + at, false));
    const more = window !== null && 'after' in window ? last < this.#count : first > 1;
    return Promise.resolve({ messages, has_more: more });
  }
}

const from = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

test('what comes in for a conversation nobody looks at is let go at its old end', async () => {
  const stage = new Stage(50);
  await stage.history.open(CHAT);
  for (let at = 0; at < 3 * LOADED_MOST; at += 1) {
    stage.comesIn();
    assert.ok(stage.seqs.length <= LOADED_MOST);
  }
  const end = 50 + 3 * LOADED_MOST;
  assert.deepEqual(stage.seqs, from(end - stage.seqs.length + 1, end));
  assert.equal(stage.model.timelines.get(CHAT)?.older, true);
});

test('nothing is taken from under a reader; what is far from the end goes when the reader is back there', async () => {
  const stage = new Stage(50);
  stage.history.show(CHAT);
  await stage.history.open(CHAT);
  for (let at = 0; at < LOADED_MOST; at += 1) stage.comesIn();
  assert.deepEqual(stage.seqs, from(1, 50 + LOADED_MOST));
  stage.history.letGo(CHAT);
  assert.deepEqual(stage.seqs, from(51 + LOADED_MOST - LOADED_KEPT, 50 + LOADED_MOST));
});

test('a reader goes back through everything and to the end again, with a bounded part of it loaded', async () => {
  const count = 2 * READ_MOST + 70;
  const stage = new Stage(count);
  stage.history.show(CHAT);
  await stage.history.open(CHAT);
  while (stage.seqs[0] !== 1) {
    await stage.history.older(CHAT);
    assert.ok(stage.seqs.length <= READ_MOST);
    assert.ok((stage.model.timelines.get(CHAT)?.messages.length ?? 0) <= READ_MOST);
  }
  assert.deepEqual(stage.seqs, from(1, READ_MOST));
  // The newest stay loaded beside it, and go on with what comes in.
  stage.comesIn();
  assert.equal(stage.model.timelines.get(CHAT)?.messages.at(-1)?.seq, count + 1);
  while (stage.model.detours.has(CHAT)) {
    await stage.history.newer(CHAT);
    assert.ok(stage.seqs.length <= READ_MOST);
  }
  assert.deepEqual(stage.seqs, from(count + 2 - READ_MOST, count + 1));
  assert.equal(stage.model.timelines.get(CHAT)?.older, true);
});

test('a page that was asked for at another place says nothing of the newest messages', async () => {
  const stage = new Stage(500);
  stage.history.show(CHAT);
  await stage.history.open(CHAT);
  await stage.history.jump(CHAT, 1);
  assert.equal(stage.seqs[0], 1);
  // Nothing is older there, which is said when the reader is back at the end already.
  const asked = stage.history.older(CHAT);
  stage.history.back(CHAT);
  await asked;
  assert.equal(stage.model.timelines.get(CHAT)?.older, true);
  const later = stage.history.older(CHAT);
  await later;
  assert.deepEqual(stage.seqs, from(401, 500));
});
