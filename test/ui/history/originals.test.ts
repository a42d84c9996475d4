import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageResource } from '../../../server/protocol/resources/message.ts';
import { originalKey, originalOf, Originals } from '../../../ui/history/originals.ts';
import { settled } from '../../support/settled.ts';
import { CHAT, idOf, ME, message, wireMessage } from '../sample.ts';

const CONVERSATION = { id: CHAT, firstSeq: 1 };
const refTo = (seq: number) => ({ messageId: idOf(seq), seq });

/** A server that has these messages. */
const stage = (seqs: readonly number[]) => {
  const asked: number[] = [];
  const server = { isUp: true };
  const originals = new Originals(
    {
      messages: (_id, window, limit) => {
        const seq = window !== null && 'around' in window ? window.around : 0;
        asked.push(seq);
        if (!server.isUp) return Promise.reject(new Error('offline'));
        const near = seqs.filter((each) => Math.abs(each - seq) <= (limit ?? 0) / 2);
        const messages: MessageResource[] = near.map((each) => wireMessage(each, false));
        return Promise.resolve({ messages, has_more: false });
      },
    },
    ME,
  );
  return { originals, asked, server };
};
const heldOf = ({ originals }: ReturnType<typeof stage>) => originals.held.get();

test('a loaded message is the original; one of before the conversation begins is gone', () => {
  const run = [message(4), message(5)];
  const find = (seq: number, firstSeq = 1) =>
    originalOf(refTo(seq), [run], new Map(), { ...CONVERSATION, firstSeq });
  assert.equal(find(4), run[0]);
  assert.equal(find(3), undefined);
  assert.equal(find(3, 4), null);
  assert.equal(originalOf({ messageId: idOf(99), seq: 4 }, [run], new Map(), CONVERSATION), null);
});

test('one request serves all that are near, and nothing is asked twice', async () => {
  const all = stage([1, 2, 3, 50]);
  for (const seq of [2, 3, 50]) all.originals.need(CHAT, seq);
  await settled();
  await settled();
  assert.deepEqual(all.asked, [2, 50]);
  all.originals.need(CHAT, 3);
  await settled();
  assert.deepEqual(all.asked, [2, 50]);
  assert.equal(originalOf(refTo(3), [], heldOf(all), CONVERSATION)?.content, 'text 3');
});

test('one that the server no longer has is gone', async () => {
  const all = stage([10]);
  all.originals.need(CHAT, 3);
  await settled();
  assert.equal(originalOf(refTo(3), [], heldOf(all), CONVERSATION), null);
});

test('what could not be loaded is asked for again with the next connection', async () => {
  const all = stage([2]);
  all.server.isUp = false;
  all.originals.need(CHAT, 2);
  await settled();
  assert.equal(heldOf(all).size, 0);
  all.server.isUp = true;
  all.originals.connected();
  await settled();
  assert.ok(heldOf(all).has(originalKey(CHAT, 2)));
});

test('of a deleted conversation nothing is held, nor what arrives later', async () => {
  const all = stage([2]);
  all.originals.need(CHAT, 2);
  all.originals.forget(CHAT);
  await settled();
  assert.equal(heldOf(all).size, 0);
  all.originals.need(CHAT, 2);
  await settled();
  assert.equal(heldOf(all).size, 1);
  all.originals.forget(idOf(88));
  assert.equal(heldOf(all).size, 1);
  all.originals.forget(null);
  assert.equal(heldOf(all).size, 0);
});
