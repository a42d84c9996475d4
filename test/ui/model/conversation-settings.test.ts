import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../../ui/model/apply.ts';
import { isMuted, settingsOf } from '../../../ui/model/conversation-settings.ts';
import type { Conversation } from '../../../ui/model/model.ts';
import { listParts, totalUnread } from '../../../ui/model/selectors.ts';
import {
  AT,
  atMinute,
  blockFrame,
  CHAT,
  idOf,
  PEER,
  sampleConversation,
  sampleModel,
  settingsFrame,
} from '../sample.ts';
import { listed, SyncStage } from '../sync-stage.ts';

const NOW = Date.parse(AT);
const held = (stage: SyncStage): Conversation | undefined => stage.model.conversations.get(CHAT);

test('a server from before settings tells none, which are the defaults', () => {
  assert.deepEqual(settingsOf({ id: CHAT }), { pinned: false, archived: false, mutedUntil: null });
});

test('a conversation is muted until that moment, and not in it', () => {
  const muted = sampleConversation({ mutedUntil: atMinute(1) });
  assert.deepEqual(
    [0, 59_999, 60_000].map((ms) => isMuted(muted, NOW + ms)),
    [true, true, false],
  );
  assert.equal(isMuted(sampleConversation(), NOW), false);
});

test('the list has pinned ones first and leaves out archived ones, each in the order of use', () => {
  const at = (n: number, part: Partial<Conversation> = {}) => sampleConversation({ id: idOf(n), ...part });
  const parts = listParts([
    at(1),
    at(2, { pinned: true }),
    at(3, { archived: true }),
    at(4),
    at(5, { pinned: true }),
    at(6, { archived: true, pinned: true }),
  ]);
  const ids = (of: readonly Conversation[]) => of.map(({ id }) => Number(id.slice(-2)));
  assert.deepEqual(ids(parts.shown), [2, 5, 1, 4]);
  assert.deepEqual(ids(parts.archived), [3, 6]);
});

test('what is muted or archived is not counted in the title; once a mute is over, it is again', () => {
  const unread = (part: Partial<Conversation>, now = NOW) =>
    totalUnread(sampleModel({ unread: 3, ...part }), new Set(), now);
  assert.equal(unread({}), 3);
  assert.equal(unread({ archived: true }), 0);
  assert.equal(unread({ mutedUntil: atMinute(1) }), 0);
  assert.equal(unread({ mutedUntil: atMinute(1) }, NOW + 60_000), 3);
});

test('a change of settings changes nothing else: neither the numbers nor the place in the list', () => {
  const model = sampleModel({ activity: 3, lastSeq: 5, unread: 2, readSeq: { me: 3, peer: 0 } });
  const told = listed({ pinned: true, muted_until: atMinute(1), last_seq: 9, unread_count: 6 });
  const { model: next, effects } = apply(model, settingsFrame(7, told), NOW);
  assert.deepEqual(effects, []);
  assert.deepEqual(next.conversations.get(CHAT), {
    ...model.conversations.get(CHAT),
    pinned: true,
    mutedUntil: atMinute(1),
  });
});

test('settings of a conversation that is not in the list bring none', () => {
  const { model } = apply(sampleModel(), settingsFrame(7, listed({ id: idOf(8), pinned: true })), NOW);
  assert.equal(model.conversations.has(idOf(8)), false);
});

test('an answer that was asked for before the change does not undo it', async () => {
  const stage = await SyncStage.live(3);
  stage.list = [listed()];
  const come = stage.holdUp();
  stage.sync.refresh(CHAT);
  await stage.settle();
  stage.socket.says(settingsFrame(4, listed({ archived: true })));
  assert.equal(held(stage)?.archived, true);
  await come();
  assert.equal(held(stage)?.archived, true);
});

test('with the next connection, what the server answers counts again', async () => {
  const stage = await SyncStage.live(3);
  stage.socket.says(settingsFrame(4, listed({ pinned: true })));
  stage.socket.drop();
  await stage.pass(60_000);
  stage.list = [listed({ pinned: false })];
  await stage.welcome(4);
  await stage.synced(4);
  await stage.settle();
  assert.equal(held(stage)?.pinned, false);
});

test('who is blocked is known from the events, which tell nothing of those before', () => {
  const blocked = apply(sampleModel(), blockFrame(1, 'blocked'), NOW).model;
  assert.deepEqual(blocked.blocked, { ids: new Set([PEER]), isWhole: false });
  const again = apply(blocked, blockFrame(2, 'unblocked'), NOW).model;
  assert.deepEqual(again.blocked, { ids: new Set(), isWhole: false });
});
