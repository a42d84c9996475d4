import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { UNSENT_ATTACHMENTS_MAX } from '../../server/protocol/limits.ts';
import type { AttachmentResource, UploadState } from '../../server/protocol/resources/attachment.ts';
import { sayWith, SlowUpload, tryUpload, upload } from '../support/attach.ts';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import type { HttpAnswer } from '../support/http-client.ts';
import { withoutPostgres } from '../support/postgres-missing.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startHosts } from '../support/several-hosts.ts';

const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0' });
const metrics = await metricsUrl(server);
const figure = (line: string): Promise<number> => figureOf(metrics, line);

const NAME = 'film.bin';
const SIZE = 2_000_000;
const HALF = SIZE / 2;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const stateOf = (client: ChatClient, key: string): Promise<HttpAnswer> =>
  client.http('GET', `/attachments/uploads/${key}`);
const receivedOf = async (client: ChatClient, key: string): Promise<number> => {
  const answer = await stateOf(client, key);
  return answer.status === 404 ? -1 : expectStatus(answer, 200).json<UploadState>().received;
};
const rangeFrom = (from: number, size: number): string =>
  from === size ? `bytes */${String(size)}` : `bytes ${String(from)}-${String(size - 1)}/${String(size)}`;

/** Sends the bytes from `from` on, whatever the answer is. */
const sendFrom = (
  client: ChatClient,
  key: string,
  bytes: Uint8Array,
  from: number,
  name = NAME,
): Promise<HttpAnswer> =>
  tryUpload(client, bytes.subarray(from), {
    name,
    headers: { 'upload-key': key, ...(from > 0 && { 'content-range': rangeFrom(from, bytes.length) }) },
  });

/** An upload from `from` on, as far as the test sends it. Its connection would stay open. */
const begin = (
  client: ChatClient,
  key: string,
  { from = 0, size = SIZE, at = server }: { from?: number; size?: number; at?: ServerProcess } = {},
): SlowUpload =>
  new SlowUpload(at, client.accessToken, size - from, NAME, {
    'upload-key': key,
    'content-type': 'application/octet-stream',
    connection: 'keep-alive',
    ...(from > 0 && { 'content-range': rangeFrom(from, size) }),
  });
const isOpen = (): Promise<void> =>
  eventually('the upload to begin', async () => (await figure('parley_open_uploads')) === 1);

/** Brings the first bytes, and loses the connection. Resolves when the server has heard of it. */
const brokenOff = async (
  client: ChatClient,
  key: string,
  bytes: Uint8Array,
  first: number,
): Promise<void> => {
  const broken = 'parley_uploads_total{outcome="bad_request"}';
  const before = await figure(broken);
  const slow = begin(client, key, { size: bytes.length });
  await slow.send(bytes.subarray(0, first));
  slow.breakOff();
  await assert.rejects(slow.answer());
  await eventually('the server to hear of the break', async () => (await figure(broken)) === before + 1);
};

/** Where another host, or a server that was started again, lets this client go on. */
const goesOnAt = async (client: ChatClient, key: string): Promise<number> => {
  await eventually('the upload to be known', async () => (await receivedOf(client, key)) >= 0);
  return await receivedOf(client, key);
};

const assertConflict = async (slow: SlowUpload): Promise<void> => {
  assert.deepEqual(await slow.answer(), { status: 409, code: 'conflict' });
  slow.breakOff();
};

const assertWhole = async (client: ChatClient, answer: HttpAnswer, bytes: Uint8Array): Promise<string> => {
  const { id, ...said } = expectStatus(answer, 201).json<AttachmentResource>();
  assert.deepEqual(said, {
    name: NAME,
    type: 'application/octet-stream',
    size: bytes.length,
    sha256: sha256(bytes),
  });
  const { bytes: read } = expectStatus(await client.http('GET', `/attachments/${id}`), 200);
  assert.ok(read.equals(bytes));
  return id;
};

test('[G9] an upload that broke off goes on in the middle, and is one file with its own hash', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [key, bytes] = [randomUUID(), randomBytes(SIZE)];
  expectStatus(await stateOf(ada, key), 404);
  await brokenOff(ada, key, bytes, HALF);
  const received = await receivedOf(ada, key);
  assert.equal(received, HALF);
  const id = await assertWhole(ada, await sendFrom(ada, key, bytes, received), bytes);
  const { attachment, ...state } = expectStatus(await stateOf(ada, key), 200).json<UploadState>();
  assert.deepEqual([state, attachment?.id], [{ received: SIZE, size: SIZE }, id]);
  // Its answer was lost: whatever is sent again, and from wherever, is the same attachment.
  for (const from of [0, received, SIZE])
    assert.equal(await assertWhole(ada, await sendFrom(ada, key, bytes, from), bytes), id);
  const other = await sendFrom(ada, key, bytes, 0, 'other.bin');
  assert.deepEqual([other.status, other.json<{ received: number }>().received], [409, SIZE]);
  const { socket } = await ada.online();
  await sayWith(socket, ben, [id]);
  assert.equal(await assertWhole(ada, await sendFrom(ada, key, bytes, SIZE), bytes), id);
  assert.equal(await receivedOf(ada, key), SIZE);
  expectStatus(await ada.http('DELETE', `/attachments/uploads/${key}`), 204);
  expectStatus(await ben.http('GET', `/attachments/${id}`), 200);
});

test('[G9] bytes from elsewhere are a conflict that says what is there, and change nothing', async (t) => {
  const [ada] = await twoPeople(t, server);
  const [key, bytes] = [randomUUID(), randomBytes(SIZE)];
  const early = await sendFrom(ada, key, bytes, 7);
  assert.deepEqual([early.status, early.json<{ received: number }>().received], [409, 0]);
  await brokenOff(ada, key, bytes, HALF);
  const received = await receivedOf(ada, key);
  const conflicts = [
    await sendFrom(ada, key, bytes, 0),
    await sendFrom(ada, key, bytes, received - 1),
    await sendFrom(ada, key, bytes, received + 1),
    await sendFrom(ada, key, bytes, SIZE),
    await sendFrom(ada, key, bytes, received, 'other.bin'),
    await sendFrom(ada, key, randomBytes(SIZE + 1), received),
  ];
  for (const { status, json } of conflicts)
    assert.deepEqual([status, json<{ received: number }>().received], [409, received]);
  await assertWhole(ada, await sendFrom(ada, key, bytes, received), bytes);
});

test('[G9] heads that say nothing, or too much, are refused', async (t) => {
  const [ada] = await twoPeople(t, server);
  const [key, bytes] = [randomUUID(), randomBytes(100)];
  const sent = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    const { status, json } = await tryUpload(ada, bytes, { headers });
    return `${String(status)} ${json<{ code: string }>().code}`;
  };
  for (const upload of ['', 'x', key.toUpperCase(), `${key} `.repeat(2), '../../etc/passwd', '0'.repeat(36)])
    assert.equal(await sent({ 'upload-key': upload }), '400 bad_request', upload);
  for (const range of [
    ...['bytes 0-99/*', 'bytes 1-99/100', 'bytes 0-98/100', 'bytes 0-99/101', 'bytes 5-1/100', 'bytes */100'],
    ...['bytes=0-99/100', 'lines 0-99/100', 'bytes -1-99/100', 'bytes 0-99/100, 0-99/100', 'x', ''],
    ...['bytes 0-9999999999999999999/99999999999999999999', 'bytes 0.5-99/100', 'bytes 0-1e2/100'],
  ])
    assert.equal(await sent({ 'upload-key': key, 'content-range': range }), '400 bad_request', range);
  assert.equal(await sent({ 'content-range': 'bytes 0-99/100' }), '400 bad_request', 'without a key');
  const huge = { 'upload-key': key, 'content-range': 'bytes 999999999900-999999999999/1000000000000' };
  assert.equal(await sent(huge), '413 payload_too_large');
  for (const path of ['x', key.toUpperCase(), '%2e%2e%2fx'])
    for (const method of ['GET', 'DELETE'])
      expectStatus(await ada.http(method, `/attachments/uploads/${path}`), 400);
  expectStatus(await stateOf(ada, key), 404);
});

test('[G9] the key of somebody else leads nowhere, and the same key of two users to two files', async (t) => {
  const [ada, eve] = await twoPeople(t, server);
  const [key, bytes, hers] = [randomUUID(), randomBytes(SIZE), randomBytes(1_000)];
  await brokenOff(ada, key, bytes, HALF);
  const received = await receivedOf(ada, key);
  expectStatus(await stateOf(eve, key), 404);
  expectStatus(await eve.http('DELETE', `/attachments/uploads/${key}`), 204);
  const guess = await sendFrom(eve, key, bytes, received);
  assert.deepEqual([guess.status, guess.json<{ received: number }>().received], [409, 0]);
  await assertWhole(eve, await sendFrom(eve, key, hers, 0), hers);
  await assertWhole(ada, await sendFrom(ada, key, bytes, received), bytes);
});

test('[G9] a later request ends the earlier one, and so does the question where to go on', async (t) => {
  const [ada] = await twoPeople(t, server);
  const [key, bytes] = [randomUUID(), randomBytes(SIZE)];
  const slow = begin(ada, key);
  await slow.send(bytes.subarray(0, HALF));
  await isOpen();
  const received = await receivedOf(ada, key);
  await assertConflict(slow);
  const next = begin(ada, key, { from: received });
  await next.send(bytes.subarray(received, received + 10));
  await isOpen();
  const last = await sendFrom(ada, key, bytes, received);
  // It came first or it did not: nothing of both is mixed.
  const at = last.status === 201 ? received : last.json<{ received: number }>().received;
  await assertWhole(ada, last.status === 201 ? last : await sendFrom(ada, key, bytes, at), bytes);
  await assertConflict(next);
});

test('[G9] a cancelled upload is over and forgotten', async (t) => {
  const [ada] = await twoPeople(t, server);
  const [key, bytes] = [randomUUID(), randomBytes(SIZE)];
  const slow = begin(ada, key);
  await slow.send(bytes.subarray(0, HALF));
  await isOpen();
  expectStatus(await ada.http('DELETE', `/attachments/uploads/${key}`), 204);
  await assertConflict(slow);
  expectStatus(await stateOf(ada, key), 404);
  await assertWhole(ada, await sendFrom(ada, key, bytes, 0), bytes);
});

test('[G6] [G9] uploads that are not complete count like files that are not sent', async (t) => {
  const [ada] = await twoPeople(t, server);
  const [key, bytes] = [randomUUID(), randomBytes(SIZE)];
  for (let sent = 0; sent < UNSENT_ATTACHMENTS_MAX - 1; sent += 9)
    await Promise.all(
      Array.from({ length: Math.min(9, UNSENT_ATTACHMENTS_MAX - 1 - sent) }, () =>
        upload(ada, randomBytes(1)),
      ),
    );
  await brokenOff(ada, key, bytes, HALF);
  const received = await receivedOf(ada, key);
  expectStatus(await sendFrom(ada, randomUUID(), randomBytes(3), 0), 429);
  expectStatus(await tryUpload(ada, randomBytes(3)), 429);
  await assertWhole(ada, await sendFrom(ada, key, bytes, received), bytes);
});

test('[G9] a server that is killed in the middle goes on with what it has, also for a new login', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada] = await twoPeople(t, own);
  const [key, bytes] = [randomUUID(), randomBytes(SIZE)];
  const slow = begin(ada, key, { at: own });
  await slow.send(bytes.subarray(0, SIZE - 100));
  // Killed while it takes them in.
  await own.restart();
  await assert.rejects(slow.answer());
  const again = await ChatClient.login(t, own, ada.username);
  const received = Math.max(0, await receivedOf(again, key));
  const more = begin(again, key, { from: received, at: own });
  await more.send(bytes.subarray(received, received + 50));
  more.breakOff();
  await assert.rejects(more.answer());
  const next = await goesOnAt(again, key);
  assert.ok(next >= received, `${String(next)} after ${String(received)}`);
  await own.restart();
  assert.equal(await receivedOf(again, key), next, 'what was said to be there is there');
  await assertWhole(again, await sendFrom(again, key, bytes, next), bytes);
});

describe('several hosts', { skip: withoutPostgres }, () => {
  test('[G9] another host continues, and the host of before can add nothing any more', async (t) => {
    const { hosts } = await startHosts(t, 2);
    const [one, two] = hosts;
    assert.ok(one !== undefined && two !== undefined);
    const here = await ChatClient.register(t, one, freshName('ada'));
    const there = here.at(two);
    const [key, bytes] = [randomUUID(), randomBytes(SIZE)];
    const slow = begin(here, key, { at: one });
    await slow.send(bytes.subarray(0, HALF));
    const received = await goesOnAt(there, key);
    await assertWhole(there, await sendFrom(there, key, bytes, received), bytes);
    await slow.send(randomBytes(HALF));
    await assertConflict(slow);
    for (const client of [here, there])
      await assertWhole(client, await sendFrom(client, key, bytes, SIZE), bytes);
    const [second, more] = [randomUUID(), randomBytes(SIZE)];
    const broken = begin(here, second, { at: one });
    await broken.send(more.subarray(0, HALF));
    await goesOnAt(there, second);
    // Killed with the bytes that only it has.
    await one.kill();
    // The question at the other host may have ended it first.
    const ending = await broken.answer().catch(() => null);
    assert.ok(ending === null || ending.status === 409);
    const at = await receivedOf(there, second);
    await assertWhole(there, await sendFrom(there, second, more, at), more);
  });
});
