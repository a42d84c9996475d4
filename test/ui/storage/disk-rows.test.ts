import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  draftFrom,
  keyOfDamaged,
  savedFrom,
  waitingFrom,
  waitingRow,
} from '../../../ui/storage/disk-rows.ts';
import { BLOCKS_UNKNOWN } from '../../../ui/model/blocked-users.ts';
import { withoutOutdated } from '../../../ui/model/edit.ts';
import { emptyModel, type Message, type Timeline } from '../../../ui/model/model.ts';
import { keepable } from '../../../ui/storage/disk.ts';
import { AT, CHAT, idOf, ME, message, PEER, profiled, sampleConversation } from '../sample.ts';

const place = {
  cursor: 7,
  history: 'h',
  witness: { messageId: idOf(1), at: AT, cursor: 7, since: ['m'] },
};
const conversation = sampleConversation({
  lastMessage: message(2),
  lastSeq: 2,
  readMarks: [{ seq: 1, at: AT }],
});
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
  const fresh = sampleConversation({
    peer: { ...sampleConversation().peer, status: null, last_seen: AT } as never,
  });
  const saved = savedFrom(place, [conversation, sampleConversation({ peer: deleted }), fresh], [[CHAT, run]]);
  assert.deepEqual(saved?.timelines, [[CHAT, run]]);
  assert.equal(saved.chats.length, 3);
  assert.deepEqual([saved.cursor, saved.history, saved.witness], [7, 'h', place.witness]);
  assert.deepEqual(waitingFrom(waiting, 0), waiting);
  assert.deepEqual(draftFrom({ chatId: CHAT, text: 'x' }), { chatId: CHAT, text: 'x' });
  const replyTo = { messageId: idOf(1), seq: 1 };
  const version = { id: idOf(4), text: 'y', replyTo };
  const draft = { chatId: CHAT, text: '', id: idOf(5), replyTo, others: [version] };
  assert.deepEqual(draftFrom(draft), draft);
  assert.deepEqual(waitingFrom({ ...waiting, replyTo }, 0), { ...waiting, replyTo });
  const reactions = [[idOf(1), { conversationId: CHAT, seq: 1, emoji: null }]];
  assert.deepEqual(savedFrom({ ...place, reactions }, [], [])?.reactions, reactions);
});

test('rows of before there were histories, and of conversations without an activity, still serve', () => {
  const { activity: _activity, ...old } = conversation;
  assert.deepEqual(savedFrom({ cursor: 7 }, [old], []), {
    cursor: 7,
    history: null,
    witness: null,
    own: null,
    blocked: BLOCKS_UNKNOWN,
    chats: [old],
    timelines: [],
    reactions: [],
  });
});

/** A message as builds up to 0.1 stored it. */
const asStoredBefore = ({
  conversationId: chatId,
  content: text,
  sentAt: at,
  replyTo: _replyTo,
  reactions: _reactions,
  attachments: _attachments,
  ...rest
}: Message) => ({
  ...rest,
  chatId,
  text,
  at,
});

test('messages that an earlier build stored are read as messages of today, and nothing is lost', () => {
  const failed: Message = { ...message(3, true), failure: 'forbidden' };
  const full = { ...run, messages: [message(1), message(2, true), failed] };
  const oldRun = { ...full, messages: full.messages.map(asStoredBefore) };
  const oldConversation = { ...conversation, lastMessage: asStoredBefore(message(2)) };
  const empty = sampleConversation({ id: idOf(8), lastMessage: null });
  const saved = savedFrom(place, [oldConversation, empty], [[CHAT, oldRun]]);
  const timelines = [[CHAT, { ...full, outdated: true }]];
  const rest = { own: null, blocked: BLOCKS_UNKNOWN, reactions: [] };
  assert.deepEqual(saved, { ...place, ...rest, chats: [conversation, empty], timelines });
});

test('rows of before there were profiles serve, and one’s own profile is kept', () => {
  const { display_name: _name, about: _about, avatar: _avatar, ...before } = profiled(null);
  const old = { ...conversation, peer: before };
  assert.deepEqual(savedFrom(place, [old], [])?.chats, [old]);
  const own = profiled('Me', { id: ME, username: 'me', avatar: 'v1' });
  assert.deepEqual(savedFrom({ ...place, own }, [], [])?.own, own);
  for (const damaged of [...WRONG, { ...own, avatar: 7 }])
    assert.equal(savedFrom({ ...place, own: damaged }, [], [])?.own, null);
});

test('rows of before there were settings and blocks get the defaults, and those of today are kept', () => {
  const { pinned: _pinned, archived: _archived, mutedUntil: _mutedUntil, ...old } = conversation;
  assert.deepEqual(savedFrom(place, [old], [])?.chats, [conversation]);
  const set = { ...conversation, pinned: true, archived: true, mutedUntil: AT };
  assert.deepEqual(savedFrom(place, [set], [])?.chats, [set]);
  for (const damaged of [{ pinned: 'x' }, { archived: null }, { mutedUntil: 'soon' }])
    assert.equal(savedFrom(place, [{ ...set, ...damaged }], []), null);
  const blocked = { ids: new Set([PEER]), isWhole: true };
  assert.deepEqual(savedFrom({ ...place, blocked }, [], [])?.blocked, blocked);
  for (const damaged of [...WRONG, { ...blocked, ids: [PEER] }, { ...blocked, ids: new Set([7]) }])
    assert.deepEqual(savedFrom({ ...place, blocked: damaged }, [], [])?.blocked, BLOCKS_UNKNOWN);
  assert.deepEqual(keepable({ ...emptyModel(ME), blocked }).blocked, blocked);
});

test('messages of before there were replies, reactions and attachments are shown until the server can be asked', () => {
  const { replyTo: _replyTo, reactions: _reactions, attachments: _attachments, ...old } = message(1);
  const saved = savedFrom(
    place,
    [{ ...conversation, lastMessage: old }],
    [[CHAT, { ...run, messages: [old, message(2)] }]],
  );
  assert.deepEqual(saved?.chats[0]?.lastMessage, message(1));
  assert.deepEqual(saved.timelines, [[CHAT, { ...run, outdated: true }]]);
  const model = {
    ...emptyModel(ME),
    timelines: new Map<string, Timeline>([...saved.timelines, [idOf(8), run]]),
  };
  assert.deepEqual([...withoutOutdated(model).timelines.keys()], [idOf(8)]);
  // What is saved meanwhile is still what the older build knew.
  assert.equal(
    keepable({ ...model, conversations: new Map([[CHAT, conversation]]) }).timelines[0]?.[1].outdated,
    true,
  );
});

test('a reply that cannot be read costs only the reply, never the text', () => {
  for (const replyTo of [...WRONG, { messageId: 'x', seq: 1 }, { messageId: idOf(1), seq: -1 }]) {
    assert.deepEqual(waitingFrom({ ...waiting, replyTo }, 0), waiting);
    const { others = [], ...draft } = draftFrom({
      chatId: CHAT,
      text: 'x',
      replyTo,
      others: [{ id: 'y', text: 'y', replyTo }],
    })!;
    assert.deepEqual([draft, others], [{ chatId: CHAT, text: 'x' }, [{ id: 'y', text: 'y' }]]);
  }
});

test('reactions that wait and cannot be read are forgotten, and nothing else with them', () => {
  for (const reactions of [...WRONG.filter((each) => each !== undefined), [[1]], [[idOf(1), { emoji: 1 }]]]) {
    const saved = savedFrom({ ...place, reactions }, [conversation], []);
    assert.deepEqual([saved?.chats.length, saved?.reactions], [1, []]);
  }
});

test('rows of both builds side by side are read, and old ones with a field of a wrong kind are not', () => {
  const mixed = { ...run, messages: [asStoredBefore(message(1)), message(2)] };
  assert.deepEqual(savedFrom(place, [conversation], [[CHAT, mixed]])?.timelines, [
    [CHAT, { ...run, outdated: true }],
  ]);
  for (const name of ['id', 'chatId', 'seq', 'mine', 'text', 'at', 'failure'] as const) {
    const wrong = { ...asStoredBefore(message(2)), [name]: { of: 'no kind' } };
    const damaged = { ...run, messages: [asStoredBefore(message(1)), wrong] };
    assert.deepEqual(savedFrom(place, [conversation], [[CHAT, damaged]])?.timelines, [], name);
    assert.equal(savedFrom(place, [{ ...conversation, lastMessage: wrong }], []), null, name);
  }
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
      if (lastMessage !== null) assert.equal(typeof lastMessage.content, 'string');
    }
    for (const [id, { messages }] of saved?.timelines ?? []) {
      messages.forEach(({ content: text, sentAt: at, seq, conversationId, replyTo, reactions }, index) => {
        assert.ok(replyTo === null || replyTo.messageId.length > 0 || replyTo.seq >= 0);
        for (const { userId, emoji } of reactions) assert.equal(typeof (userId + emoji), 'string');
        text.slice(0);
        new Date(at).toISOString();
        assert.equal(conversationId, id);
        assert.equal(seq, (messages[0]?.seq ?? 0) + index);
      });
    }
  };
  for (const damaged of damagedOf(place)) use(savedFrom(damaged, [conversation], [[CHAT, run]]));
  for (const damaged of damagedOf(conversation))
    use(savedFrom(place, [conversation, damaged], [[CHAT, run]]));
  for (const damaged of damagedOf(run)) {
    const saved = savedFrom(place, [conversation], [[CHAT, damaged]]);
    use(saved);
    assert.equal(saved?.chats.length, 1, 'one damaged conversation costs only its own messages');
  }
  for (const wrong of WRONG) {
    use(savedFrom(wrong, [conversation], []));
    use(savedFrom(place, [wrong], []));
    use(savedFrom(place, [conversation], [[wrong, run]]));
    use(savedFrom(place, [conversation], [[CHAT, wrong]]));
  }
});

test('a conversation that does not fit costs the whole cache: the server would not tell it again', () => {
  assert.equal(
    savedFrom(place, [conversation, { ...conversation, id: idOf(5), lastSeq: 'two' }], [[CHAT, run]]),
    null,
  );
  assert.equal(savedFrom({ ...place, cursor: '7' }, [conversation], []), null);
});

test('a run with a hole, or of another conversation, is loaded anew', () => {
  const hole = { ...run, messages: [message(1), message(3)] };
  assert.deepEqual(savedFrom(place, [conversation], [[CHAT, hole]])?.timelines, []);
  assert.deepEqual(savedFrom(place, [conversation], [[idOf(9), run]])?.timelines, []);
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

test('[G3] a message with files: a build from before them finds no text to send, and damage costs the files, not the text', () => {
  const attachments = [{ key: idOf(9), name: 'a.txt', type: 'text/plain', size: 3 }];
  for (const text of ['text', '']) {
    const message = { ...waiting, text, attachments };
    const row = waitingRow(message);
    assert.equal(row.text, '');
    assert.deepEqual(waitingFrom(row, 0), message);
  }
  const row = { ...waitingRow({ ...waiting, attachments }), attachments: [{ key: 'x' }] };
  assert.deepEqual(waitingFrom(row, 0), { ...waiting, failure: 'damaged' });
  assert.equal(waitingFrom({ ...row, caption: '' }, 0), null);
  assert.deepEqual(waitingRow(waiting), waiting);
});
