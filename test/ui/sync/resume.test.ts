import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DurableFrame } from '../../../ui/net/frames.ts';
import { emptyModel, type Model, type HeldWitness } from '../../../ui/model/model.ts';
import { contradicts, resumeQuery, Resuming, witnessAfter } from '../../../ui/sync/resume.ts';
import { ReceiptSender } from '../../../ui/sync/receipts.ts';
import { ManualClock } from '../../support/manual-clock.ts';
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
  reactionFrame,
  sampleConversation,
  sampleModel,
  updatedFrame,
} from '../sample.ts';

const HISTORY = '00000000-0000-7000-8000-0000000000aa';
const OTHER = '00000000-0000-7000-8000-0000000000bb';
const durable = (frame: unknown): DurableFrame => frame as DurableFrame;
const told = (frames: readonly unknown[], whole = true): HeldWitness | null =>
  frames.reduce<HeldWitness | null>((held, frame) => witnessAfter(held, durable(frame), whole), null);

const heldUpTo = (cursor: number, witness: HeldWitness | null): Model => ({
  ...emptyModel(ME),
  cursor,
  history: HISTORY,
  witness,
});

test('[O12] the witness is the newest message that came, or one’s own that was stored', () => {
  assert.equal(told([ackFrame(3, 1, 'read')]), null);
  assert.deepEqual(told([messageFrame(4, 2)]), { messageId: idOf(2), at: AT, cursor: 4, since: [] });
  const stored = told([messageFrame(4, 2), ackFrame(5, 3, 'sent'), ackFrame(6, 3, 'delivered')]);
  assert.deepEqual([stored?.messageId, stored?.cursor, stored?.since?.length], [idOf(3), 5, 1]);
  // The answer to a retry is older, and no event twice.
  const again = [messageFrame(4, 2), ackFrame(2, 1, 'sent'), ackFrame(6, 2, 'read'), ackFrame(6, 2, 'read')];
  assert.deepEqual(told(again)?.cursor, 4);
  assert.equal(told(again)?.since?.length, 1);
});

test('[P9] past 200 events after a witness they are no longer remembered, and the connection goes on from the last one', () => {
  const receipts = Array.from({ length: 201 }, (_, n) => ackFrame(2 + n, 1, 'delivered'));
  const witness = told([messageFrame(1, 1), ...receipts]);
  assert.equal(witness?.since, null);
  assert.equal(told([messageFrame(1, 1), ...receipts.slice(1)])?.since?.length, 200);
  assert.equal(new Resuming().begin(heldUpTo(202, witness))?.cursor, 202);
});

test('[O13] a connection resumes from the witness, with the history’s name', () => {
  const witness = told([messageFrame(4, 2), ackFrame(6, 2, 'read')]);
  const query = resumeQuery(new Resuming().begin(heldUpTo(6, witness)));
  assert.equal(query, `?cursor=3&history=${HISTORY}&witness=${idOf(2)}:4`);
  // Where some of what came since may be missing here, from the last event.
  const partly = told([messageFrame(4, 2)], false);
  assert.match(resumeQuery(new Resuming().begin(heldUpTo(6, partly))), /^\?cursor=6&/);
  // Nothing is proven without one.
  for (const model of [emptyModel(ME), heldUpTo(6, null)])
    assert.equal(resumeQuery(new Resuming().begin(model)), '');
});

test('[P10] whether the server holds another history: said, named, or seen by a number that is too low', () => {
  const witness = told([messageFrame(4, 2), ackFrame(6, 2, 'read')]);
  const judged = (
    answer: { cursor: number; history?: string; reset?: boolean },
    model = heldUpTo(6, witness),
  ) => {
    const resuming = new Resuming();
    resuming.begin(model);
    return resuming.judge(answer, model);
  };
  assert.equal(judged({ cursor: 6, history: HISTORY, reset: false }), 'same');
  assert.equal(judged({ cursor: 9, history: OTHER, reset: true }), 'reset');
  // A server that names another history and does not say so has to be asked from nothing.
  assert.equal(judged({ cursor: 9, history: OTHER }), 'unknown');
  // Beyond the witness, which stands: the server can't know that more was held.
  assert.equal(judged({ cursor: 5, history: HISTORY, reset: false }), 'unknown');
  assert.equal(judged({ cursor: 9 }), 'same');
  assert.equal(judged({ cursor: 0, history: HISTORY, reset: false }, emptyModel(ME)), 'same');
});

test('[O13] what is told again after the witness has to be what was told before', () => {
  const receipt = ackFrame(6, 2, 'read');
  const made = durable({
    type: 'conversation',
    cursor: 5,
    payload: { change: 'created', conversation: { id: CHAT } },
  });
  const again = (frames: readonly unknown[]) => {
    const resuming = new Resuming();
    resuming.begin(heldUpTo(6, told([messageFrame(4, 2), made, receipt])));
    return { foreign: frames.map((frame) => resuming.isForeign(durable(frame))), resuming };
  };
  const same = again([made, receipt, messageFrame(7, 3)]);
  assert.deepEqual([same.foreign, same.resuming.lacksSomething], [[false, false, false], false]);
  // The witness itself is told again as well; one that was lost and sent again was stored at another time.
  const later = {
    ...messageFrame(4, 2),
    payload: { ...durable(messageFrame(4, 2)).payload, sent_at: atMinute(1) },
  };
  assert.deepEqual(again([messageFrame(4, 2)]).foreign, [false]);
  assert.deepEqual(again([later]).foreign, [true]);
  // A receipt that a later one covers may be left out, a conversation that was made may not.
  assert.equal(again([made]).resuming.lacksSomething, false);
  assert.equal(again([receipt]).resuming.lacksSomething, true);
  assert.deepEqual(again([messageFrame(5, 3)]).foreign, [true]);
  assert.deepEqual(again([made, ackFrame(6, 1, 'read')]).foreign, [false, true]);
});

test('[P10] another message at a place that is taken is of another history', () => {
  const run = { messages: [message(1), message(2)], older: false, newer: false };
  const model: Model = {
    ...sampleModel({ lastSeq: 3, lastMessage: message(3) }),
    timelines: new Map([[CHAT, run]]),
  };
  const asOther = (seq: number) =>
    durable({
      ...messageFrame(9, seq),
      payload: { ...durable(messageFrame(9, seq)).payload, message_id: idOf(77) },
    });
  for (const seq of [1, 2, 3]) {
    assert.equal(contradicts(model, durable(messageFrame(9, seq))), false);
    assert.equal(contradicts(model, durable(ackFrame(9, seq, 'read'))), false);
    assert.equal(contradicts(model, asOther(seq)), true);
    assert.equal(contradicts(model, durable(ackFrame(9, seq, 'read', idOf(77)))), true);
  }
  assert.equal(contradicts(model, asOther(4)), false);
  assert.equal(
    contradicts(
      { ...model, conversations: new Map([[CHAT, sampleConversation()]]), timelines: new Map() },
      asOther(1),
    ),
    false,
  );
});

test('[P10] receipts of another history are not told, and stand in the way of none', () => {
  const clock = new ManualClock();
  const sent: string[] = [];
  const send = (id: string, status: string): string => String(sent.push(`${status} ${id}`));
  const receipts = new ReceiptSender({ clock, send });
  receipts.read(CHAT, idOf(9), 9);
  receipts.delivered(CHAT, idOf(9), 9);
  receipts.forget();
  receipts.connected(true);
  clock.advance(1_000);
  assert.deepEqual(sent, []);
  receipts.read(CHAT, idOf(2), 2);
  clock.advance(1_000);
  assert.deepEqual(sent.splice(0), [`read ${idOf(2)}`]);
  receipts.read(CHAT, idOf(3), 3);
  receipts.flush();
  assert.deepEqual(sent.splice(0), [`read ${idOf(3)}`]);
  clock.advance(1_000);
  assert.deepEqual(sent, []);
});

test('[R1] a receipt that the server could not take is sent again, unless a newer one covers it', () => {
  const clock = new ManualClock();
  const sent: string[] = [];
  const send = (id: string, status: string): string => `frame ${String(sent.push(`${status} ${id}`))}`;
  const receipts = new ReceiptSender({ clock, send });
  receipts.connected(true);
  receipts.read(CHAT, idOf(2), 2);
  clock.advance(100);
  receipts.read(CHAT, idOf(5), 5);
  clock.advance(100);
  assert.deepEqual(sent.splice(0), [`read ${idOf(2)}`, `read ${idOf(5)}`]);
  receipts.refused('frame 1');
  clock.advance(10_000);
  assert.deepEqual(sent, []);
  receipts.refused('frame 2');
  clock.advance(10_000);
  assert.deepEqual(sent.splice(0), [`read ${idOf(5)}`]);
  receipts.refused('frame 1');
  receipts.connected(false);
  clock.advance(10_000);
  assert.deepEqual(sent, []);
  receipts.connected(true);
  assert.deepEqual(sent, [`read ${idOf(5)}`]);
});

test('[O13] a device that begins looks back for a witness; where no message is, it remembers what it was told', () => {
  const resuming = new Resuming();
  assert.equal(resuming.beginWitnessSearch(heldUpTo(40, null)), 8);
  for (const frame of [messageFrame(9, 1), ackFrame(10, 1, 'delivered')])
    resuming.noteForWitness(durable(frame));
  assert.deepEqual(resuming.endWitnessSearch(), {
    ...{ messageId: idOf(1), at: AT, cursor: 9 },
    since: [`10:delivered:${idOf(1)}`],
  });
  assert.equal(resuming.beginWitnessSearch(heldUpTo(2, null)), 0);
  resuming.noteForWitness(durable(ackFrame(2, 1, 'read')));
  const witness = resuming.endWitnessSearch();
  assert.deepEqual(witness, { messageId: null, at: null, cursor: 0, since: [`2:read:${idOf(1)}`] });
  // It names no message, and all that was told is compared with what is told again.
  assert.equal(resumeQuery(resuming.begin(heldUpTo(2, witness))), `?cursor=0&history=${HISTORY}`);
  assert.equal(resuming.isForeign(durable(messageFrame(2, 1))), true);
});

test('[M5] the answer to one’s own reaction and its event in a replay are the same event', () => {
  const answered = told([messageFrame(4, 2), ackFrame(5, 2, 'reacted')]);
  const event = told([messageFrame(4, 2), reactionFrame(5, 2, '👍', ME)]);
  assert.deepEqual(answered?.since, event?.since);
  const resuming = new Resuming();
  resuming.begin(heldUpTo(5, answered));
  assert.equal(resuming.isForeign(durable(messageFrame(4, 2))), false);
  assert.equal(resuming.isForeign(durable(reactionFrame(5, 2, '👍', ME))), false);
});

test('[M9] a replay may leave a reaction out, and its number belongs to one message', () => {
  const witness = told([messageFrame(4, 2), reactionFrame(5, 2, '👍')]);
  const resuming = new Resuming();
  resuming.begin(heldUpTo(5, witness));
  assert.equal(resuming.lacksSomething, false);
  assert.equal(resuming.isForeign(durable(reactionFrame(5, 1, '👍'))), true);
  const model = sampleModel({ lastSeq: 2, lastMessage: message(2) });
  assert.equal(contradicts(model, durable(reactionFrame(6, 2, '👍'))), false);
  const other = { ...durable(reactionFrame(6, 2, '👍')).payload, message_id: idOf(9) };
  assert.equal(contradicts(model, durable({ ...reactionFrame(6, 2, '👍'), payload: other })), true);
});

test('a replay may leave out a changed profile, because a later one covers it, but not a deletion', () => {
  const deleted = {
    ...updatedFrame(5, profiled(null)),
    payload: { change: 'deleted', user: { id: PEER, username: 'Deleted User', deleted: true } },
  };
  for (const [frame, lacks] of [
    [updatedFrame(5, profiled('Peer')), false],
    [deleted, true],
  ] as const) {
    const resuming = new Resuming();
    resuming.begin(heldUpTo(5, told([messageFrame(4, 2), frame])));
    assert.equal(resuming.isForeign(durable(messageFrame(4, 2))), false);
    assert.equal(resuming.lacksSomething, lacks);
    assert.equal(resuming.isForeign(durable(frame)), false);
    assert.equal(resuming.lacksSomething, false);
  }
});
