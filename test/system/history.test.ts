import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import { twoPeople, type ChatClient } from '../support/chat-client.ts';
import { ChatSocket, type ServerFrameOf, type Opening } from '../support/chat-socket.ts';
import { copyData, putBack } from '../support/data-copies.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });

const texts = (socket: ChatSocket): readonly string[] =>
  socket.received.flatMap((frame) => (frame.type === 'message' ? [frame.payload.content] : []));

/** What a client keeps: where it stands, and in which history. */
interface Kept {
  readonly cursor: number;
  readonly history: string;
  readonly witness: string;
}

const numbered = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${what} ${String(n + 1)}`);

const sayAll = async (from: ChatSocket, to: ChatClient, what: string, count: number): Promise<void> => {
  for (const text of numbered(what, count)) await say(from, to, text);
};

/** Connects, takes everything up to the message with this text, and leaves. */
const keepUpTo = async (person: ChatClient, text: string): Promise<Kept> => {
  const socket = await person.connect({ cursor: 0 });
  const { payload } = await socket.next('welcome');
  const last = await socket.next('message', (frame) => frame.payload.content === text);
  socket.terminate();
  const { cursor } = last;
  return {
    cursor,
    history: payload.history,
    witness: `${last.payload.message_id}:${String(cursor)}`,
  };
};

const opened = async (
  person: ChatClient,
  opening: Opening,
): Promise<{ welcome: ServerFrameOf<'welcome'>['payload']; socket: ChatSocket }> => {
  const socket = await person.connect(opening);
  const { payload } = await socket.next('welcome');
  await socket.next('sync');
  return { welcome: payload, socket };
};

/** Ben holds fifteen messages of Ada; the server was put back to five of them, and twelve others have come since. */
const restoredAndGoneOn = async (t: TestContext): Promise<readonly [ChatClient, ChatClient, Kept]> => {
  const [ada, ben] = await twoPeople(t, server);
  const before = await ada.online();
  await sayAll(before.socket, ben, 'kept', 5);
  const copy = await copyData(t, server);
  const between = await ada.online();
  await sayAll(between.socket, ben, 'lost', 10);
  const held = await keepUpTo(ben, 'lost 10');
  assert.equal(held.cursor, 15);
  await putBack(server, copy);
  await server.restart();
  const since = await ada.online();
  await sayAll(since.socket, ben, 'new', 12);
  since.socket.terminate();
  return [ada, ben, held];
};

test('[P10][O12] a server that was put back and has gone on past a device tells it to start anew', async (t) => {
  const [, ben, held] = await restoredAndGoneOn(t);
  const { welcome, socket } = await opened(ben, { ...held });
  assert.equal(welcome.history, held.history, 'the copy holds the same history');
  assert.equal(welcome.reset, true);
  assert.equal(welcome.cursor, 17);
  // As if no cursor had been given: nothing was acknowledged as delivered.
  assert.deepEqual(texts(socket), [...numbered('kept', 5), ...numbered('new', 12)]);
});

testInExtended('[O12] what a device holds up to the place of the copy is of the same history', async (t) => {
  const [, ben, { history }] = await restoredAndGoneOn(t);
  const kept = await keepUpTo(ben, 'kept 5');
  const { welcome, socket } = await opened(ben, { ...kept, history });
  assert.equal(welcome.reset, false);
  assert.deepEqual(texts(socket), numbered('new', 12));
});

testInExtended(
  '[O12] a message of two others, and one that stands elsewhere, witness for nothing',
  async (t) => {
    const [ada, ben] = await twoPeople(t, server);
    const [cleo] = await twoPeople(t, server);
    const a = await ada.online();
    const { cursor, payload } = await say(a.socket, ben, 'hello');
    const id = payload.message_id;
    const asked: readonly (readonly [ChatClient, Opening, boolean])[] = [
      [ada, { cursor, witness: `${id}:${String(cursor)}` }, false],
      [ada, { cursor, witness: `${id}:${String(cursor + 1)}` }, true],
      [ada, { cursor, witness: `${crypto.randomUUID()}:${String(cursor)}` }, true],
      [ben, { cursor: 1, witness: `${id}:1` }, false],
      [cleo, { cursor: 0, witness: `${id}:1` }, true],
    ];
    for (const [person, opening, reset] of asked) {
      const { welcome } = await opened(person, opening);
      assert.equal(welcome.reset, reset, JSON.stringify(opening));
    }
  },
);

testInExtended(
  '[O12] another history, or a cursor beyond the log: as if no cursor had been given',
  async (t) => {
    const [ada, ben] = await twoPeople(t, server);
    const a = await ada.online();
    await sayAll(a.socket, ben, 'text', 3);
    const b = await ben.online();
    const second = await b.socket.next('message', ({ payload }) => payload.content === 'text 2');
    b.socket.send('ack', { message_id: second.payload.message_id, status: 'delivered' });
    await a.socket.next('ack', ({ payload }) => payload.status === 'delivered');
    for (const opening of [{ cursor: 1, history: crypto.randomUUID() }, { cursor: 4 }]) {
      const { welcome, socket } = await opened(ben, opening);
      assert.equal(welcome.reset, true, JSON.stringify(opening));
      assert.deepEqual(texts(socket), ['text 3']);
    }
  },
);

test('[O12] a client that knows of no history goes on from its cursor, and one with the right history as well', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const a = await ada.online();
  await sayAll(a.socket, ben, 'text', 3);
  const { history } = (await opened(ben, {})).welcome;
  for (const opening of [{ cursor: 1 }, { cursor: 1, history }]) {
    const { welcome, socket } = await opened(ben, opening);
    assert.deepEqual([welcome.history, welcome.reset, welcome.min_version], [history, false, 1]);
    assert.deepEqual(texts(socket), ['text 2', 'text 3']);
  }
});

testInExtended('[O12] the history stays over a stop and a kill', async (t) => {
  const [ada] = await twoPeople(t, server);
  const { history } = (await opened(ada, {})).welcome;
  await server.kill('SIGTERM');
  await server.restart();
  assert.equal((await opened(ada, {})).welcome.history, history);
  await server.kill('SIGKILL');
  await server.restart();
  assert.equal((await opened(ada, {})).welcome.history, history);
});

testInExtended('[O12] a history or a witness of another form is refused with 400', async (t) => {
  const [ada] = await twoPeople(t, server);
  const id = crypto.randomUUID();
  const malformed = [
    ...['', 'x', id.toUpperCase(), `${id}0`].map((text) => `history=${text}`),
    ...['', id, `${id}:`, `${id}:-1`, `${id}:x`, `:1`, `${id}:1:1`, `${id}:9999999999999999`].map(
      (text) => `witness=${text}`,
    ),
  ];
  for (const query of malformed) {
    const { status, body } = await ChatSocket.refusal(`${server.socketUrl}?cursor=0&${query}`, {
      token: ada.accessToken,
    });
    assert.equal(status, 400, query);
    assert.equal((JSON.parse(body) as Problem).code, 'bad_request');
  }
});
