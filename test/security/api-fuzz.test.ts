import assert from 'node:assert/strict';
import { sayWith, upload } from '../support/attach.ts';
import { after, test } from 'node:test';
import {
  ApiFuzzer,
  callsOf,
  type ApiDocument,
  type Call,
  type FuzzRequest,
  type Known,
} from '../support/api-fuzzer.ts';
import { ChatClient, expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { promote } from '../support/promote.ts';
import { ROUTE_ROWS, type Named, type RouteRow } from '../support/matrix-rows.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sessionOf } from '../support/token-states.ts';

/** Requests for `npm test`, and in full. */
const REQUESTS = scaled({ sample: 200, extended: 600, full: 3_000, long: 60_000 });
/** One in this many goes to a route that hashes a password, which takes 30 ms and more. */
const HASHING_SHARE = 50;
const HASHING = ['/auth/register', '/auth/login', '/users/me/password'];
const FUZZERS = 4;
/** More people of one first letter than a page of the smallest size holds. */
const NAMESAKES = 33;

const server = await ServerProcess.start(
  { after },
  { PARLEY_LOGIN_MAX_FAILURES: '1000000', PARLEY_PUSH_SUBJECT: 'mailto:admin@chat.example' },
);
const [ada, ben] = await twoPeople({ after }, server);
const { socket } = await ada.online();
const file = await upload(ada, Buffer.from('before the flood'));
const UPLOAD_KEY = crypto.randomUUID();
await upload(ada, Buffer.from('not sent'), { headers: { 'upload-key': UPLOAD_KEY } });
const sent = await sayWith(socket, ben, [file.id], 'before the flood');
const real: Named = {
  user: ada.id,
  username: ada.username,
  conversation: sent.payload.conversation_id,
  message: sent.payload.message_id,
  session: sessionOf(ada.accessToken),
  attachment: file.id,
  upload: UPLOAD_KEY,
};
const document = (await http('GET', `${server.url}/openapi.json`)).json<ApiDocument>();
const calls = callsOf(document);

/** Ben is no admin. */
const expectedOf = (row: RouteRow): number => {
  if ('open' in row) return row.open;
  if ('admin' in row) return 403;
  return 'own' in row ? row.own : row.partner;
};

/** Everything that Ben may ask, with the answers that the route table names. A session is used up by what ends it. */
const assertServed = async (when: string): Promise<void> => {
  // The last time, Ben has deleted the conversation with the attachment before.
  const { id: attachment } = await upload(ada, Buffer.from(when));
  await sayWith(socket, ben, [attachment], `with ${when}`);
  for (const [name, row] of Object.entries(ROUTE_ROWS)) {
    const [method = '', path = ''] = name.split(' ');
    const client = await ChatClient.login({ after }, server, ben.username);
    const request = 'ask' in row ? row.ask({ ...real, attachment }) : { path, body: row.body };
    const expected = expectedOf(row);
    const answer = await client.http(method, request.path, request);
    assert.equal(answer.status, expected, `${name} ${when}: ${answer.text}`);
  }
  // What came before is gone with the conversation; what comes now is replayed.
  await say(socket, ben, when);
  const { socket: replayed } = await ben.online({ cursor: 0 });
  await replayed.next('message', ({ payload }) => payload.content === when);
};

test('[P9] whatever people and an admin ask, every route answers another as before', async (t) => {
  const random = chance(t);
  const namesakes = await Promise.all(
    Array.from({ length: NAMESAKES }, () => ChatClient.register(t, server, freshName('mm'))),
  );
  await assertServed('before');
  const known = {
    ids: [real.user, real.conversation, real.message, real.session, ...namesakes.map(({ id }) => id)],
    texts: [
      'm',
      'mm',
      'mm.',
      ada.username,
      PASSWORD,
      'before',
      'e',
      ...namesakes.map(({ username }) => username),
    ],
  };
  const byCost = (isHashing: boolean): readonly Call[] =>
    calls.filter(({ path }) => HASHING.includes(path) === isHashing);
  const statuses = new Map<number, number>();

  /** Resolves with whether this client's session goes on. */
  const perform = async (client: ChatClient, request: FuzzRequest): Promise<boolean> => {
    const { method, path, body } = request;
    const answer = await client.http(method, path, body === undefined ? {} : { body });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    assert.ok(answer.status < 500, `${JSON.stringify(request)} → ${String(answer.status)} ${answer.text}`);
    return answer.status !== 401 || request.operation.includes('/auth/');
  };
  const fuzz = async (enrol: () => Promise<ChatClient>, aware: Known): Promise<void> => {
    const chosen = random.fork();
    const fuzzer = new ApiFuzzer(document, chosen);
    let client = await enrol();
    for (let done = 0; done < REQUESTS / FUZZERS; done += 1) {
      const call = chosen.pick(byCost(chosen.chance(1 / HASHING_SHARE)));
      if (!(await perform(client, fuzzer.request(call, aware)))) client = await enrol();
    }
  };
  const anybody = (): Promise<ChatClient> => ChatClient.register(t, server, freshName('mmfuzz'));
  /** One who promotes, disables and deletes whom they know, which must not be those whom the test looks at. */
  const admin = async (): Promise<ChatClient> => {
    const client = await anybody();
    await promote(server, client.username);
    return client;
  };
  const names = namesakes.map(({ username }) => username);
  const ofOthers = { ids: [real.message, ...namesakes.map(({ id }) => id)], texts: ['m', ...names] };
  await Promise.all([
    fuzz(admin, ofOthers),
    ...Array.from({ length: FUZZERS - 1 }, () => fuzz(anybody, known)),
  ]);
  await assertServed('after');
  expectStatus(await http('GET', `${server.url}/readyz`), 200);
  count(t, 'api-fuzz', { requests: REQUESTS, ...Object.fromEntries(statuses) });
});
