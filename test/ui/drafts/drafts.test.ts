import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joined } from '../../../ui/drafts/draft-versions.ts';
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
const texts = async (store: DraftStore): Promise<readonly string[]> =>
  (await store.all()).flatMap(({ text, others = [] }) => [...others.map((other) => other.text), text]);

test('what is typed in one tab is shown in the other, and goes there when it is sent or emptied', async () => {
  const { store, a, b } = await twoTabs();
  a.type('hello');
  await a.save();
  assert.equal(b.field(), 'hello');
  b.type('hello you');
  await b.save();
  assert.equal(a.field(), 'hello you');
  await a.drafts.kept(a.drafts.take(CHAT, 'hello you'));
  await settled();
  assert.equal(b.field(), '');
  b.type('again');
  await b.save();
  b.type('');
  await b.save();
  assert.equal(a.field(), '');
  assert.deepEqual(await store.all(), []);
});

test('two tabs that send the same draft, one before it hears of the other, send one message', async () => {
  const { a, b } = await twoTabs();
  a.type('hello');
  await a.save();
  assert.equal(a.drafts.take(CHAT, 'hello'), b.drafts.take(CHAT, 'hello'));
  // And so does a tab that was opened later, and one that was never told anything.
  const store = memoryDisk().drafts;
  const c = await tabOn(store);
  c.type(' \n hello \n');
  await c.save();
  const d = await tabOn(store);
  assert.equal(c.drafts.take(CHAT, 'hello'), d.drafts.take(CHAT, ' \n hello \n'));
});

test('another text is another message', async () => {
  const { a, b } = await twoTabs();
  a.type('hello');
  await a.save();
  b.type('hello!');
  assert.notEqual(a.drafts.take(CHAT, 'hello'), b.drafts.take(CHAT, 'hello!'));
  // The same words once more, after they were sent.
  a.type('yes');
  const first = a.drafts.take(CHAT, 'yes');
  a.type('yes');
  assert.notEqual(a.drafts.take(CHAT, 'yes'), first);
  // And what is no draft.
  assert.notEqual(a.drafts.take(CHAT, 'x'), a.drafts.take(CHAT, 'x'));
});

test('different texts typed at once are both kept: each in its field, both after a reload, the later one last', async () => {
  const { store, a, b } = await twoTabs();
  a.type('from a');
  b.type('from b');
  await a.save();
  assert.equal(b.field(), 'from b');
  await b.save();
  assert.equal(a.field(), 'from a');
  assert.deepEqual(await texts(store), ['from a', 'from b']);
  a.type('from a, longer');
  await a.save();
  assert.deepEqual([a.field(), b.field()], ['from a, longer', 'from b']);
  assert.deepEqual(await texts(store), ['from b', 'from a, longer']);
  const later = await tabOn(store);
  assert.equal(later.field(), 'from b\nfrom a, longer');
  // Those that still show one of them follow when the joined text is kept.
  await later.save();
  await Promise.all([a.drafts.follow(), b.drafts.follow()]);
  assert.deepEqual([a.field(), b.field()], ['from b\nfrom a, longer', 'from b\nfrom a, longer']);
});

test('a tab that sends its own of two texts leaves the other one to the other tab', async () => {
  const { store, a, b } = await twoTabs();
  a.type('from a');
  b.type('from b');
  await a.save();
  await b.save();
  await a.drafts.kept(a.drafts.take(CHAT, 'from a'));
  await settled();
  assert.deepEqual([a.field(), b.field()], ['', 'from b']);
  assert.deepEqual(await texts(store), ['from b']);
});

test('sent in one tab while the other goes on writing: what was written stays', async () => {
  const { store, a, b } = await twoTabs();
  a.type('hello');
  await a.save();
  b.type('hello and more');
  await a.drafts.kept(a.drafts.take(CHAT, 'hello'));
  await settled();
  assert.equal(b.field(), 'hello and more');
  await b.save();
  assert.deepEqual(await texts(store), ['hello and more']);
  assert.equal(a.field(), 'hello and more');
});

test('the same text typed in two tabs, and the same two texts joined in two, are one', async () => {
  const { store, a, b } = await twoTabs();
  a.type('yes');
  b.type('yes');
  await a.save();
  await b.save();
  assert.deepEqual(await texts(store), ['yes']);
  a.type('one');
  b.type('two');
  await a.save();
  await b.save();
  const [c, d] = await Promise.all([tabOn(store), tabOn(store)]);
  await c.save();
  await d.save();
  await c.drafts.follow();
  assert.deepEqual(await texts(store), ['one\ntwo']);
  assert.equal(c.drafts.take(CHAT, 'one\ntwo'), d.drafts.take(CHAT, 'one\ntwo'));
});

test('a save that takes long is overtaken by what is typed meanwhile, never by itself', async () => {
  const memory = memoryDisk().drafts;
  const waiting: (() => void)[] = [];
  const slow: DraftStore = {
    ...memory,
    edit: async (conversationId, change) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      await memory.edit(conversationId, change);
    },
  };
  const a = await tabOn(slow);
  for (const text of ['h', 'he', 'hel']) {
    a.type(text);
    await a.save();
  }
  for (const done of waiting) done();
  await settled();
  assert.deepEqual(await texts(memory), ['hel']);
  await a.drafts.follow();
  assert.equal(a.field(), 'hel');
  a.type('');
  await a.save();
  waiting.at(-1)?.();
  await settled();
  assert.deepEqual(await texts(memory), []);
});

test('what was read before something was typed and saved does not replace it', async () => {
  const memory = memoryDisk().drafts;
  let held: Promise<void> = Promise.resolve();
  const a = await tabOn({
    ...memory,
    all: async () => {
      const rows = await memory.all();
      await held;
      return rows;
    },
  });
  let answer: () => void = () => undefined;
  held = new Promise((resolve) => {
    answer = resolve;
  });
  await memory.put({ chatId: CHAT, id: idOf(1), text: 'of before' });
  const looked = a.drafts.follow();
  await settled();
  a.type('typed since');
  await a.save();
  answer();
  await looked;
  assert.equal(a.field(), 'typed since');
});

test('a window that closes writes at once, without a look at the disk, and keeps what others wrote', async () => {
  const { store, a, b } = await twoTabs();
  a.type('from a');
  b.type('from b');
  await a.save();
  await b.save();
  a.type('from a!');
  let looked = false;
  const edit = store.edit.bind(store);
  store.edit = (...args) => {
    looked = true;
    return edit(...args);
  };
  await a.drafts.flush(true);
  assert.equal(looked, false);
  assert.deepEqual(await texts(store), ['from b', 'from a!']);
});

test('a draft goes with its conversation, in every tab, and not to another one', async () => {
  const { store, a, b } = await twoTabs();
  a.type('hello');
  a.type('for somebody else', idOf(7));
  await a.save();
  await a.drafts.drop(CHAT);
  await settled();
  assert.deepEqual([a.field(), b.field(), b.field(idOf(7))], ['', '', 'for somebody else']);
  assert.deepEqual(await texts(store), ['for somebody else']);
});

test('a draft moves to another conversation, behind what was begun there', async () => {
  const { store, a, b } = await twoTabs();
  a.type('old', CHAT);
  a.type('there already', idOf(7));
  await a.save();
  await Promise.all([a.drafts.move(CHAT, idOf(7)), b.drafts.move(CHAT, idOf(7))]);
  await settled();
  for (const tab of [a, b]) assert.deepEqual([tab.field(), tab.field(idOf(7))], ['', 'there already\nold']);
  assert.deepEqual(await texts(store), ['there already\nold']);
});

test('a draft of an older build is shown, and becomes a message with an id of its own', async () => {
  const store = memoryDisk().drafts;
  await store.put({ chatId: CHAT, text: 'from before' });
  const a = await tabOn(store);
  assert.equal(a.field(), 'from before');
  const id = a.drafts.take(CHAT, 'from before');
  assert.notEqual(id, CHAT);
  await a.drafts.kept(id);
  assert.deepEqual(await store.all(), []);
});

test('texts are joined without those that another one contains', () => {
  const of = (...all: readonly string[]): string => joined(all.map((text) => ({ id: text, text })));
  assert.equal(of('hello', 'hello you'), 'hello you');
  assert.equal(of('hello you', 'hello'), 'hello you');
  assert.equal(of('same', 'same'), 'same');
  assert.equal(of('one', 'two', 'three'), 'one\ntwo\nthree');
  assert.equal(of(), '');
});

test('nothing is saved after the end', async () => {
  const { store, a } = await twoTabs();
  a.type('hello');
  a.drafts.stop();
  await a.save();
  await a.drafts.flush();
  assert.deepEqual(await store.all(), []);
});

test('a draft stays on the disk until its message is there, also when the window goes meanwhile', async () => {
  const store = memoryDisk().drafts;
  const tab = await tabOn(store);
  tab.type('hello');
  await tab.save();
  const id = tab.drafts.take(CHAT, 'hello');
  assert.equal(tab.field(), '');
  await tab.save();
  await tab.drafts.flush(true);
  assert.deepEqual(await texts(store), ['hello']);
  await tab.drafts.kept(idOf(++ids));
  assert.deepEqual(await texts(store), ['hello'], 'that was another message');
  await tab.drafts.kept(id);
  assert.deepEqual(await texts(store), []);
  // What is begun meanwhile does not wait for it.
  tab.type('sent');
  await tab.save();
  tab.drafts.take(CHAT, 'sent');
  tab.type('begun');
  await tab.drafts.flush(true);
  assert.deepEqual(await texts(store), ['begun']);
});

test('what goes on in another conversation takes along what other tabs wrote', async () => {
  const store = memoryDisk().drafts;
  const tab = await tabOn(store);
  tab.type('mine');
  await store.edit(CHAT, () => ({ chatId: CHAT, id: idOf(++ids), text: 'theirs' }));
  await tab.save();
  await tab.drafts.move(CHAT, 'other');
  assert.deepEqual(await texts(store), ['theirs\nmine']);
});

test('a window that closes puts back nothing that was sent, or went into another text', async () => {
  const store = memoryDisk().drafts;
  const tab = await tabOn(store);
  tab.type('hello');
  await tab.save();
  await tab.drafts.kept(tab.drafts.take(CHAT, 'hello'));
  tab.type('half a thought');
  await tab.drafts.flush(true);
  assert.deepEqual(await texts(store), ['half a thought']);
  await store.edit(CHAT, () => ({
    chatId: CHAT,
    id: idOf(++ids),
    text: 'b',
    others: [{ id: idOf(++ids), text: 'a' }],
  }));
  const later = await tabOn(store);
  assert.equal(later.field(), 'a\nb');
  await later.save();
  later.type('a\nb and more');
  await later.drafts.flush(true);
  assert.deepEqual(await texts(store), ['a\nb and more']);
});
