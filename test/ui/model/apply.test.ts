import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../../server/protocol/errors.ts';
import type { ServerFrame } from '../../../server/protocol/server-frames.ts';
import { apply } from '../../../ui/model/apply.ts';
import { stateOf } from '../../../ui/model/edit.ts';
import { emptyModel, type Model } from '../../../ui/model/model.ts';
import {
  ackFrame,
  AT,
  atMinute,
  CHAT,
  idOf,
  ME,
  message,
  messageFrame,
  PEER,
  profiled,
  sampleModel,
  updatedFrame,
  wireMessage,
} from '../sample.ts';

const after = (model: Model, ...frames: ServerFrame[]): Model =>
  frames.reduce((held, frame) => apply(held, frame, 0).model, model);
const conversationOf = (model: Model) => model.conversations.get(CHAT)!;

test('a message of the other person counts as unread and asks for a receipt', () => {
  const { model, effects } = apply(sampleModel(), messageFrame(1, 1), 0);
  assert.equal(conversationOf(model).unread, 1);
  assert.equal(conversationOf(model).lastMessage?.content, 'text 1');
  assert.deepEqual(
    effects.map((effect) => effect.type),
    ['received'],
  );
});

test('a message that was stored stands where and when the server says, whatever was assumed when it was written', () => {
  const written = { ...message(null, true, atMinute(-30)), id: idOf(7), conversationId: idOf(88) };
  const model = after({ ...sampleModel(), pending: [written] }, ackFrame(1, 1, 'sent', idOf(7)));
  const { lastMessage } = conversationOf(model);
  assert.deepEqual(lastMessage, { ...written, conversationId: CHAT, seq: 1, sentAt: AT });
});

test('[P2] the same event twice changes nothing', () => {
  const events = [
    messageFrame(1, 1),
    messageFrame(2, 2, true),
    ackFrame(3, 2, 'delivered'),
    ackFrame(4, 1, 'read'),
  ];
  const once = after(sampleModel(), ...events);
  assert.deepEqual(after(once, ...events), once);
});

test('a message of an unknown conversation makes a stub and asks the server for the rest', () => {
  const { model, effects } = apply(emptyModel(ME), messageFrame(1, 1), 0);
  const { peer } = conversationOf(model);
  assert.equal('username' in peer ? peer.username : '', 'peer');
  assert.ok(effects.some((effect) => effect.type === 'refresh'));
});

test('an ack `sent` gives the written message its number and takes it out of the waiting', () => {
  const base = sampleModel();
  const pending = { ...message(null, true), id: idOf(7) };
  const open = {
    ...base,
    pending: [pending],
    timelines: new Map([[CHAT, { messages: [], older: false, newer: false }]]),
  };
  const { model, effects } = apply(open, ackFrame(1, 1, 'sent', idOf(7)), 0);
  assert.deepEqual(model.pending, []);
  assert.equal(model.timelines.get(CHAT)?.messages[0]?.seq, 1);
  assert.equal(stateOf(model.timelines.get(CHAT)!.messages[0]!, conversationOf(model)), 'sent');
  assert.deepEqual(effects, [{ type: 'stored', messageId: idOf(7) }]);
});

test('receipts move marks: sent, delivered, read, and never back', () => {
  const sent = after(sampleModel(), messageFrame(1, 1, true), messageFrame(2, 2, true));
  const first = message(1, true);
  assert.equal(stateOf(first, conversationOf(sent)), 'sent');
  const delivered = after(sent, ackFrame(3, 2, 'delivered'));
  assert.equal(stateOf(first, conversationOf(delivered)), 'delivered');
  const read = after(delivered, ackFrame(4, 2, 'read'));
  assert.equal(stateOf(first, conversationOf(read)), 'read');
  assert.deepEqual(after(read, ackFrame(5, 1, 'delivered')).conversations.get(CHAT)?.readSeq, {
    me: 0,
    peer: 2,
  });
});

test("`read` of a message of the other person is one's own reading on another device", () => {
  const unread = after(sampleModel(), messageFrame(1, 1), messageFrame(2, 2));
  assert.equal(conversationOf(unread).unread, 2);
  const { model, effects } = apply(unread, ackFrame(3, 2, 'read'), 0);
  assert.equal(conversationOf(model).unread, 0);
  assert.deepEqual(conversationOf(model).readSeq, { me: 2, peer: 0 });
  assert.ok(effects.some((effect) => effect.type === 'readStored'));
});

test('what was read here is counted again once the server has stored it', () => {
  const all = after(sampleModel(), messageFrame(1, 1), messageFrame(2, 2), messageFrame(3, 3));
  // Read here up to 1; what came with a snapshot of before that reading was not counted.
  const conversation = { ...conversationOf(all), readSeq: { me: 1, peer: 0 }, unread: 0 };
  const before = { ...all, conversations: new Map([[CHAT, conversation]]) };
  const loaded = { messages: [message(1), message(2), message(3)], older: false, newer: false };
  const stored = ackFrame(4, 1, 'read');
  const { model } = apply({ ...before, timelines: new Map([[CHAT, loaded]]) }, stored, 0);
  assert.equal(conversationOf(model).unread, 2);
  const { effects } = apply(before, stored, 0);
  assert.ok(
    effects.some(({ type }) => type === 'refresh'),
    'or the server is asked',
  );
});

test('`read` of a message nobody has loaded asks the server instead of guessing', () => {
  const { model, effects } = apply(sampleModel({ lastSeq: 90, unread: 12 }), ackFrame(1, 40, 'read'), 0);
  assert.equal(conversationOf(model).unread, 12);
  assert.deepEqual(effects, [{ type: 'refresh', conversationId: CHAT }]);
});

test('a hole in the loaded run throws the run away and loads it anew', () => {
  const base = sampleModel({ lastSeq: 3 });
  const open = {
    ...base,
    timelines: new Map([[CHAT, { messages: [message(3)], older: true, newer: false }]]),
  };
  const { model, effects } = apply(open, messageFrame(1, 5), 0);
  assert.equal(model.timelines.has(CHAT), false);
  assert.ok(effects.some((effect) => effect.type === 'reload'));
});

test('[P7] a deleted account is "Deleted User" at once, and stops typing', () => {
  const typing = after(sampleModel(), {
    id: idOf(1),
    type: 'typing',
    timestamp: AT,
    payload: { conversation_id: CHAT, user_id: PEER, typing: true },
  });
  assert.equal(typing.typing.size, 1);
  const gone = after(typing, {
    id: idOf(2),
    type: 'user',
    timestamp: AT,
    cursor: 1,
    payload: { change: 'deleted', user: { id: PEER, username: 'Deleted User', deleted: true } },
  });
  assert.equal('deleted' in conversationOf(gone).peer, true);
  assert.equal(gone.typing.size, 0);
});

test('a changed profile is shown in the conversation and stops no typing; a deletion stays final', () => {
  const typing = after(sampleModel(), {
    id: idOf(1),
    type: 'typing',
    timestamp: AT,
    payload: { conversation_id: CHAT, user_id: PEER, typing: true },
  });
  // To whoever may not see presence it says nothing of it, which is no news.
  const named = after(typing, updatedFrame(1, profiled('Peer P.', { status: null })));
  assert.deepEqual([conversationOf(named).peer, named.typing.size], [profiled('Peer P.'), 1]);
  assert.equal(named.own, null);
  const own = profiled('Me', { id: ME, username: 'me' });
  const both = after(named, updatedFrame(2, own));
  assert.deepEqual([both.own, conversationOf(both).peer], [own, profiled('Peer P.')]);
  const gone = { id: PEER, username: 'Deleted User', deleted: true } as const;
  const deleted = sampleModel({ peer: gone });
  assert.deepEqual(conversationOf(after(deleted, updatedFrame(3, profiled('Back')))).peer, gone);
});

test('a deleted conversation goes, and comes back with the next message', () => {
  const held = after(sampleModel(), messageFrame(1, 1));
  const conversation = {
    id: CHAT,
    peer: profiled(null, { status: null }),
    created_at: AT,
    last_message: null,
    last_seq: 1,
    first_seq: 1,
    removed_until: null,
    unread_count: 0,
    delivered_seq: { me: 1, peer: 0 },
    read_seq: { me: 1, peer: 0 },
    pinned: false,
    archived: false,
    muted_until: null,
  };
  const gone = after(held, {
    id: idOf(3),
    type: 'conversation',
    timestamp: AT,
    cursor: 2,
    payload: { change: 'deleted', conversation },
  });
  assert.equal(gone.conversations.size, 0);
  assert.equal(
    conversationOf(after(gone, messageFrame(3, 2))).lastMessage?.content,
    wireMessage(2, false).content,
  );
});

test('an error about a waiting message is handed to the outbox, about another frame to whoever sent it', () => {
  const waiting = { ...sampleModel(), pending: [{ ...message(null, true), id: idOf(7) }] };
  const error = (ref: string | null, code: ErrorCode = 'conflict'): ServerFrame => ({
    id: idOf(1),
    type: 'error',
    timestamp: AT,
    payload: { code, message: 'no', ref },
  });
  assert.deepEqual(apply(waiting, error(idOf(7)), 0).effects, [
    { type: 'refused', messageId: idOf(7), code: 'conflict' },
  ]);
  for (const code of ['conflict', 'unavailable'] as const) {
    assert.deepEqual(apply(waiting, error(null, code), 0).effects, []);
    assert.deepEqual(apply(waiting, error(idOf(8), code), 0).effects, [
      { type: 'frameRefused', frameId: idOf(8), code },
    ]);
  }
});

test('an ack of a conversation deleted meanwhile takes the message out of the waiting and asks for the rest', () => {
  const waiting = { ...emptyModel(ME), pending: [{ ...message(null, true), id: idOf(7) }] };
  const { model, effects } = apply(waiting, ackFrame(1, 7, 'sent'), 0);
  assert.deepEqual(model.pending, []);
  assert.deepEqual(
    effects.map((effect) => effect.type),
    ['stored', 'refresh', 'missed'],
  );
});
