import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryDisk } from '../../../ui/storage/disk-memory.ts';
import type { DraftStore } from '../../../ui/drafts/draft-store.ts';
import { Drafts } from '../../../ui/drafts/drafts.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { CHAT, idOf } from '../sample.ts';

let ids = 0;

/** A tab; `tell` is what it says to the others. */
const tabOn = async (store: DraftStore, tell: () => void = () => undefined) => {
  const clock = new ManualClock();
  const drafts = new Drafts({ store, clock, newId: () => idOf(++ids), announce: tell });
  await drafts.follow();
  return {
    drafts,
    type: (text: string, conversationId = CHAT) => {
      drafts.set(conversationId, text);
    },
    save: async () => {
      clock.advance(1_000);
      await settled();
    },
    field: (conversationId = CHAT) => drafts.texts.get().get(conversationId) ?? '',
  };
};
type Tab = Awaited<ReturnType<typeof tabOn>>;

/** Two tabs that hear of each other. */
const twoTabs = async (): Promise<{ store: DraftStore; a: Tab; b: Tab }> => {
  const store = memoryDisk().drafts;
  const tabs: Tab[] = [];
  const tellAllBut = (at: number) => () => {
    for (const [other, tab] of tabs.entries()) if (other !== at) void tab.drafts.follow();
  };
  tabs.push(await tabOn(store, tellAllBut(0)), await tabOn(store, tellAllBut(1)));
  return { store, a: tabs[0]!, b: tabs[1]! };
};
const REPLY = { messageId: idOf(700), seq: 7 };
const OTHER_REPLY = { messageId: idOf(800), seq: 8 };
const replyIn = (tab: Tab) => tab.drafts.replies.get().get(CHAT);

test('a reply is kept with its draft: in every tab, over a restart, and until it is sent', async () => {
  const { store, a, b } = await twoTabs();
  a.drafts.reply(CHAT, REPLY);
  a.type('yes');
  await a.save();
  assert.deepEqual([b.field(), replyIn(b)], ['yes', REPLY]);
  const later = await tabOn(store);
  assert.deepEqual([later.field(), replyIn(later)], ['yes', REPLY]);
  await a.drafts.kept(a.drafts.take(CHAT, 'yes'));
  await settled();
  assert.deepEqual([replyIn(a), replyIn(b), await store.all()], [undefined, undefined, []]);
});

test('a reply without a text yet is kept too, but is no draft to be listed', async () => {
  const { store, a, b } = await twoTabs();
  a.drafts.reply(CHAT, REPLY);
  await a.save();
  assert.deepEqual([b.field(), replyIn(b), b.drafts.texts.get().size], ['', REPLY, 0]);
  b.drafts.reply(CHAT, null);
  await b.save();
  assert.deepEqual([replyIn(a), await store.all()], [undefined, []]);
});

test('the text stays when the reply is chosen, changed or cancelled, and when it is emptied the reply stays', async () => {
  const a = await tabOn(memoryDisk().drafts);
  a.type('text');
  a.drafts.reply(CHAT, REPLY);
  a.drafts.reply(CHAT, OTHER_REPLY);
  assert.deepEqual([a.field(), replyIn(a)], ['text', OTHER_REPLY]);
  a.type('');
  assert.deepEqual(replyIn(a), OTHER_REPLY);
  a.type('more');
  a.drafts.reply(CHAT, null);
  assert.deepEqual([a.field(), replyIn(a)], ['more', undefined]);
});

test('[M3] the same text as a reply to another message is another message', async () => {
  const { a, b } = await twoTabs();
  a.type('yes');
  await a.save();
  b.drafts.reply(CHAT, REPLY);
  assert.notEqual(a.drafts.take(CHAT, 'yes'), b.drafts.take(CHAT, 'yes'));
});

test('versions of two tabs become one text, with the reply that was chosen last', async () => {
  const store = memoryDisk().drafts;
  const version = (n: number, text: string) => ({ id: idOf(n), text });
  await store.put({
    chatId: CHAT,
    ...version(3, 'three'),
    others: [version(1, 'one'), { ...version(2, 'two'), replyTo: REPLY }],
  });
  const tab = await tabOn(store);
  assert.deepEqual([tab.field(), replyIn(tab)], ['one\ntwo\nthree', REPLY]);
});
