import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftFrom, keyOfDamaged, savedFrom, waitingFrom } from '../../ui/state/disk-rows.ts';
import { AT, CHAT, idOf, message, PEER, sampleChat } from './sample.ts';

const place = {
  cursor: 7,
  history: 'h',
  witness: { messageId: idOf(1), at: AT, cursor: 7, since: ['m'] },
};
const chat = sampleChat({ lastMessage: message(2), lastSeq: 2, readMarks: [{ seq: 1, at: AT }] });
const run = { messages: [message(1), message(2)], older: false, newer: false };
const waiting = { order: 3, id: idOf(1), chatId: CHAT, peerId: PEER, text: 'text', at: AT, failure: null };

/** Values of another kind than whatever stands there. */
const WRONG = [undefined, null, 0, -1, Number.NaN, '', 'x', true, [], {}, [null], { length: 1 }];

/** The value with each of its fields, at any depth, made another thing or left out. */
const damagedOf = (value: unknown): unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const put = (next: unknown): unknown =>
      Array.isArray(value)
        ? value.map((each: unknown, at) => (String(at) === name ? next : each))
        : { ...value, [name]: next };
    return [...WRONG.map(put), ...damagedOf(field).map(put)];
  });
};

test('what fits is taken as it is', () => {
  const deleted = { id: PEER, username: 'Deleted User', deleted: true } as const;
  const fresh = sampleChat({ peer: { ...sampleChat().peer, status: null, last_seen: AT } as never });
  const saved = savedFrom(place, [chat, sampleChat({ peer: deleted }), fresh], [[CHAT, run]]);
  assert.deepEqual(saved?.timelines, [[CHAT, run]]);
  assert.equal(saved.chats.length, 3);
  assert.deepEqual([saved.cursor, saved.history, saved.witness], [7, 'h', place.witness]);
  assert.deepEqual(waitingFrom(waiting, 0), waiting);
  assert.deepEqual(draftFrom({ chatId: CHAT, text: 'x' }), { chatId: CHAT, text: 'x' });
});

test('rows of before there were histories, and of conversations without an activity, still serve', () => {
  const { activity: _activity, ...old } = chat;
  assert.deepEqual(savedFrom({ cursor: 7 }, [old], []), {
    cursor: 7,
    history: null,
    witness: null,
    chats: [old],
    timelines: [],
  });
});

test('whatever is wrong in the cache, nothing of a wrong shape is taken from it', () => {
  // Reads all that the screens read, as they do.
  const use = (saved: ReturnType<typeof savedFrom>): void => {
    for (const { peer, lastMessage, readMarks, deliveredMarks, readSeq, deliveredSeq } of saved?.chats ??
      []) {
      assert.equal(typeof peer.username.length, 'number');
      for (const { at, seq } of [...readMarks, ...deliveredMarks])
        assert.ok(new Date(at).toISOString() + seq.toFixed());
      assert.equal((readSeq.me + readSeq.peer + deliveredSeq.me + deliveredSeq.peer) % 1, 0);
      if (lastMessage !== null) assert.equal(typeof lastMessage.text, 'string');
    }
    for (const [id, { messages }] of saved?.timelines ?? []) {
      messages.forEach(({ text, at, seq, chatId }, index) => {
        text.slice(0);
        new Date(at).toISOString();
        assert.equal(chatId, id);
        assert.equal(seq, (messages[0]?.seq ?? 0) + index);
      });
    }
  };
  for (const damaged of damagedOf(place)) use(savedFrom(damaged, [chat], [[CHAT, run]]));
  for (const damaged of damagedOf(chat)) use(savedFrom(place, [chat, damaged], [[CHAT, run]]));
  for (const damaged of damagedOf(run)) {
    const saved = savedFrom(place, [chat], [[CHAT, damaged]]);
    use(saved);
    assert.equal(saved?.chats.length, 1, 'one damaged conversation costs only its own messages');
  }
  for (const wrong of WRONG) {
    use(savedFrom(wrong, [chat], []));
    use(savedFrom(place, [wrong], []));
    use(savedFrom(place, [chat], [[wrong, run]]));
    use(savedFrom(place, [chat], [[CHAT, wrong]]));
  }
});

test('a conversation that does not fit costs the whole cache: the server would not tell it again', () => {
  assert.equal(savedFrom(place, [chat, { ...chat, id: idOf(5), lastSeq: 'two' }], [[CHAT, run]]), null);
  assert.equal(savedFrom({ ...place, cursor: '7' }, [chat], []), null);
});

test('a run with a hole, or of another conversation, is loaded anew', () => {
  const hole = { ...run, messages: [message(1), message(3)] };
  assert.deepEqual(savedFrom(place, [chat], [[CHAT, hole]])?.timelines, []);
  assert.deepEqual(savedFrom(place, [chat], [[idOf(9), run]])?.timelines, []);
});

test('a damaged row whose text can be read is shown as not sent, whatever else is wrong with it', () => {
  for (const name of ['id', 'chatId', 'at', 'failure'] as const) {
    for (const wrong of WRONG) {
      if (name === 'failure' && (wrong === null || typeof wrong === 'string')) continue;
      if (name === 'chatId' && typeof wrong === 'string') continue;
      const row = waitingFrom({ ...waiting, [name]: wrong }, 0);
      assert.equal(row?.text, 'text');
      assert.equal(row.failure, 'damaged', `${name} ${JSON.stringify(wrong)}`);
      assert.equal(row.chatId, name === 'chatId' ? '' : CHAT);
      assert.ok(!Number.isNaN(Date.parse(row.at)));
      if (name === 'id') assert.equal(keyOfDamaged(row.id), 3);
      else assert.equal(row.id, idOf(1));
    }
  }
  assert.equal(waitingFrom({ ...waiting, peerId: 4 }, 0)?.failure, null, 'it goes to the conversation');
  assert.equal(keyOfDamaged(idOf(1)), null);
});

test('what cannot be read is left alone', () => {
  for (const wrong of WRONG) {
    assert.equal(waitingFrom(wrong, 0), null);
    assert.equal(draftFrom(wrong), null);
  }
  assert.equal(waitingFrom({ ...waiting, text: { text: 'x' } }, 0), null);
  assert.equal(draftFrom({ chatId: CHAT, text: 1 }), null);
});
