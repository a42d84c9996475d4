import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { once } from 'node:events';
import { named, sayWith, SlowUpload, tryUpload, upload } from '../support/attach.ts';
import { ChatClient, expectStatus, twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { metricsUrl, figureOf } from '../support/metrics.ts';
import { rawAnswer } from '../support/raw-http.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { SmallDisk } from '../support/small-disk.ts';

const MIB = 1024 * 1024;
const LIMIT = 4 * MIB;
const server = await ServerProcess.start(
  { after },
  { PARLEY_ATTACHMENT_MAX_MB: '4', PARLEY_METRICS_PORT: '0' },
);
const metrics = await metricsUrl(server);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const fetched = (client: ChatClient, id: string, headers: Readonly<Record<string, string>> = {}) =>
  client.http('GET', `/attachments/${id}`, { headers });
const figure = (line: string): Promise<number> => figureOf(metrics, line);

/** Every file below the folder of attachments, uploads under way too. */
const filesOf = ({ dataDir }: ServerProcess): readonly string[] => {
  const folder = join(dataDir, 'attachments');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ name }) => name);
};

test('[G1] [G2] [G5] a file is uploaded, sent and read by both, and by nobody else', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [stranger] = await twoPeople(t, server);
  assert.deepEqual(await ada.get('/attachments'), { max_bytes: LIMIT, per_message: 10, resumable: true });
  const bytes = randomBytes(3 * MIB + 17);
  const attachment = await upload(ada, bytes, { name: 'Bild ä’(1)*.png', type: 'image/png' });
  const { id, ...said } = attachment;
  assert.deepEqual(said, {
    name: 'Bild ä’(1)*.png',
    type: 'image/png',
    size: bytes.length,
    sha256: sha256(bytes),
  });
  assert.deepEqual(expectStatus(await fetched(ada, id), 200).bytes, bytes);
  for (const other of [ben, stranger]) expectStatus(await fetched(other, id), 404);
  const { socket } = await ada.online();
  await sayWith(socket, ben, [id]);
  const answer = expectStatus(await fetched(ben, id), 200);
  assert.deepEqual(answer.bytes, bytes);
  const shown = [
    'content-type',
    'content-length',
    'content-disposition',
    'etag',
    'accept-ranges',
    'cache-control',
  ];
  assert.deepEqual(
    shown.map((name) => answer.headers[name]),
    [
      'image/png',
      String(bytes.length),
      "attachment; filename*=UTF-8''Bild%20%C3%A4%E2%80%99%281%29%2A.png",
      `"${sha256(bytes)}"`,
      'bytes',
      'private, no-cache',
    ],
  );
  assert.equal(
    answer.headers['content-security-policy'],
    "sandbox; default-src 'none'; frame-ancestors 'none'",
  );
  expectStatus(await fetched(stranger, id), 404);
  expectStatus(await fetched(ada, crypto.randomUUID()), 404);
  const head = expectStatus(await ben.http('HEAD', `/attachments/${id}`), 200);
  assert.deepEqual([head.headers['content-length'], head.text], [String(bytes.length), '']);
});

test('[G5] ranges, versions, and what is outside', async (t) => {
  const [ada] = await twoPeople(t, server);
  const bytes = randomBytes(700_000);
  const { id } = await upload(ada, bytes);
  const etag = `"${sha256(bytes)}"`;
  const parts: readonly (readonly [range: string, from: number, to: number])[] = [
    ['bytes=0-0', 0, 1],
    ['bytes=262143-262144', 262_143, 262_145],
    ['bytes=524287-', 524_287, 700_000],
    ['bytes=-5', 699_995, 700_000],
    ['bytes=10-9999999', 10, 700_000],
    ['BYTES= 5-6 ', 5, 7],
  ];
  for (const [range, from, to] of parts) {
    const answer = expectStatus(await fetched(ada, id, { range, 'if-range': etag }), 206);
    assert.deepEqual(answer.bytes, bytes.subarray(from, to), range);
    assert.equal(answer.headers['content-range'], `bytes ${String(from)}-${String(to - 1)}/700000`);
    assert.equal(answer.headers['content-length'], String(to - from));
  }
  for (const range of ['bytes=700000-', 'bytes=-0']) {
    const answer = expectStatus(await fetched(ada, id, { range }), 416);
    assert.equal(answer.headers['content-range'], 'bytes */700000');
  }
  for (const headers of [
    { range: 'bytes=5-4' },
    { range: 'bytes=0-1,4-5' },
    { range: 'lines=0-1' },
    { range: 'bytes=0-1', 'if-range': '"another"' },
    { range: 'bytes=0-1', 'if-range': `W/${etag}` },
  ])
    assert.equal(expectStatus(await fetched(ada, id, headers), 200).bytes.length, 700_000);
  for (const known of [etag, `"x", W/${etag}`, '*']) {
    const answer = expectStatus(await fetched(ada, id, { 'if-none-match': known }), 304);
    assert.deepEqual([answer.headers.etag, answer.text], [etag, '']);
  }
});

test('[G2] an empty file is a file, and equal files are each their own', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const empty = await upload(ada, new Uint8Array());
  assert.deepEqual([empty.size, empty.sha256], [0, sha256(Buffer.alloc(0))]);
  const answer = expectStatus(await fetched(ada, empty.id), 200);
  assert.deepEqual([answer.bytes.length, answer.headers['content-length']], [0, '0']);
  expectStatus(await fetched(ada, empty.id, { range: 'bytes=0-' }), 416);
  const bytes = randomBytes(1_000);
  const [first, second] = [await upload(ada, bytes), await upload(ben, bytes)];
  assert.notEqual(first.id, second.id);
  expectStatus(await fetched(ada, second.id), 404);
  assert.deepEqual(expectStatus(await fetched(ben, second.id), 200).bytes, bytes);
});

test('[G3] [D4] a message with an empty list of attachments is one without, and so is its repeat', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  const id = crypto.randomUUID();
  const { cursor } = await sayWith(socket, ben, [], 'no file', id);
  socket.send('message', { recipient_id: ben.id, content: 'no file' }, id);
  assert.equal((await socket.next('ack', ({ payload }) => payload.message_id === id)).cursor, cursor);
});

test('[G2] what a head must not say is refused, and nothing is stored', async (t) => {
  const [ada] = await twoPeople(t, server);
  const bytes = randomBytes(50);
  const refused = [
    ...[
      '',
      'inline',
      'attachment',
      'attachment; filename=',
      'attachment; filename="a',
      'attachment; filename=a/b',
    ],
    ...['attachment; filename="a\\\\b"', 'attachment; filename="ä"', "attachment; filename*=UTF-8''%ff"],
    ...[
      "attachment; filename*=latin1''a",
      "attachment; filename*=UTF-8''a%2Fb",
      "attachment; filename*=UTF-8''",
    ],
    ...[
      'attachment; filename="a"; filename="b"',
      'attachment, attachment; filename=a',
      'attachment; filename=a x',
    ],
    ...[
      'a\u202eb',
      'a\0b',
      'a\nb',
      ' ',
      '\u200b',
      'a\u2066',
      'a\u0085',
      'x'.repeat(256),
      '..\\x',
      '../x',
    ].map(named),
  ];
  for (const disposition of refused) {
    const answer = await tryUpload(ada, bytes, { headers: { 'content-disposition': disposition } });
    assert.equal(answer.status, 400, JSON.stringify(disposition));
  }
  const taken = [
    'attachment;filename=a.txt',
    'ATTACHMENT ; FileName="a \\"b\\".txt" ; x=y',
    named('👍'.repeat(255)),
  ];
  for (const disposition of taken)
    expectStatus(await tryUpload(ada, bytes, { headers: { 'content-disposition': disposition } }), 201);
  const both = `attachment; filename="plain"; filename*=utf-8'de'%e2%82%ac`;
  const answer = expectStatus(await tryUpload(ada, bytes, { headers: { 'content-disposition': both } }), 201);
  assert.equal(answer.json<{ name: string }>().name, '€');
  for (const [type, stored] of [
    ['text/html; charset=utf-8', 'text/html; charset=utf-8'],
    ['nonsense', 'application/octet-stream'],
    [`text/${'x'.repeat(123)}`, 'application/octet-stream'],
    ['text/plain; a', 'application/octet-stream'],
  ] as const)
    assert.equal((await upload(ada, bytes, { type })).type, stored);
  expectStatus(await tryUpload(ada, bytes, { headers: { 'content-encoding': 'gzip' } }), 400);
});

test('[G2] a body without a length, with a wrong one, or past the limit stores nothing', async (t) => {
  const [ada] = await twoPeople(t, server);
  const stored = await figure('parley_uploads_total{outcome="stored"}');
  const { hostname, port } = new URL(server.url);
  const open = async () => {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    t.after(() => socket.destroy());
    return socket;
  };
  const head = [
    'POST /attachments HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${ada.accessToken}`,
    'Content-Disposition: attachment; filename=a',
  ].join('\r\n');
  const chunked = await rawAnswer(
    await open(),
    `${head}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
  );
  assert.match(chunked, /^HTTP\/1\.1 400 /);
  assert.match(await rawAnswer(await open(), `${head}\r\n\r\n`), /^HTTP\/1\.1 400 /);
  // Answered before the body is there, and the connection takes the rest.
  const large = await open();
  const answer = await rawAnswer(large, `${head}\r\nContent-Length: ${String(LIMIT + 1)}\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  large.write(Buffer.alloc(LIMIT + 1));
  assert.match(await rawAnswer(large, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 200 /);
  assert.equal((await upload(ada, Buffer.alloc(LIMIT, 1))).size, LIMIT);
  const whole = await tryUpload(ada, Buffer.alloc(LIMIT + 1));
  assert.equal(whole.status, 413);
  const shorter = new SlowUpload(server, ada.accessToken, 1_000);
  await shorter.send(Buffer.alloc(999));
  shorter.breakOff();
  await assert.rejects(shorter.answer());
  await eventually('the upload to end', async () => (await figure('parley_open_uploads')) === 0);
  assert.equal(await figure('parley_uploads_total{outcome="stored"}'), stored + 1);
});

test('[G8] ten uploads of one user at a time, which arrive side by side; an eleventh is refused', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const half = randomBytes(400_000);
  const whole = Buffer.concat([half, half]);
  const slow = Array.from({ length: 10 }, () => new SlowUpload(server, ada.accessToken, whole.length));
  await Promise.all(slow.map((each) => each.send(half)));
  await eventually('ten uploads', async () => (await figure('parley_open_uploads')) === 10);
  const eleventh = await tryUpload(ada, half);
  assert.deepEqual([eleventh.status, eleventh.json<{ code: string }>().code], [429, 'too_many_requests']);
  assert.ok(Number(eleventh.headers['retry-after']) > 0);
  await upload(ben, half);
  // Other requests of the user go on.
  assert.equal((await ada.get<{ username: string }>('/users/me')).username, ada.username);
  await Promise.all(slow.map((each) => each.send(half)));
  const answers = await Promise.all(slow.map((each) => each.answer()));
  assert.deepEqual(
    answers.map(({ status }) => status),
    slow.map(() => 201),
  );
});

test('[G2] [P6] an upload whose session ends is refused, and leaves nothing', async (t) => {
  const [ada] = await twoPeople(t, server);
  const phone = await ChatClient.login(t, server, ada.username);
  const slow = new SlowUpload(server, phone.accessToken, 500_000);
  await slow.send(randomBytes(300_000));
  expectStatus(
    await phone.http('POST', '/auth/logout', { body: { refresh_token: phone.refreshToken } }),
    204,
  );
  assert.deepEqual(await slow.answer(), { status: 401, code: 'unauthorized' });
  await eventually('the upload to end', async () => (await figure('parley_open_uploads')) === 0);
});

test('[G2] an upload outlives 7 s, and what is sent stays over a restart; kill -9 leaves nothing', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, own);
  const bytes = randomBytes(300_000);
  const slow = new SlowUpload(own, ada.accessToken, bytes.length);
  await slow.send(bytes.subarray(0, 100_000));
  const kept = await upload(ada, bytes);
  const { socket } = await ada.online();
  await sayWith(socket, ben, [kept.id], 'with a file');
  await own.restart();
  await assert.rejects(slow.answer());
  await eventually('the sweep', () => filesOf(own).length <= 1);
  assert.deepEqual(expectStatus(await fetched(ben, kept.id), 200).bytes, bytes);
});

test('[G1] switched off, uploads are not found, and what was sent is still read', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, own);
  const { id } = await upload(ada, Buffer.from('before'));
  const { socket } = await ada.online();
  await sayWith(socket, ben, [id]);
  await own.restart({ PARLEY_ATTACHMENT_MAX_MB: '0' });
  expectStatus(await ada.http('GET', '/attachments'), 404);
  expectStatus(await tryUpload(ada, Buffer.from('after')), 404);
  assert.equal(expectStatus(await fetched(ben, id), 200).text, 'before');
});

test(
  '[G2] a disk without room takes no file, before its body is read, and takes messages',
  { skip: sqliteOnly },
  async (t) => {
    const disk = SmallDisk.mount(t, 40);
    if (disk === null) {
      t.skip('not run: nothing can be mounted here');
      return;
    }
    const own = await ServerProcess.start(t, {}, disk.path);
    const [ada, ben] = await twoPeople(t, own);
    disk.fill(8 * MIB);
    const slow = new SlowUpload(own, ada.accessToken, 7 * MIB);
    await slow.send(Buffer.alloc(1));
    assert.deepEqual(await slow.answer(), { status: 507, code: 'insufficient_storage' });
    await upload(ada, randomBytes(2 * MIB));
    const { socket } = await ada.online();
    await say(socket, ben, 'still there');
  },
);

testInExtended(
  '[G7] files that no message has are removed, and those in another one stay',
  { skip: sqliteOnly },
  async (t) => {
    const own = await ServerProcess.start(t);
    const [ada, ben] = await twoPeople(t, own);
    const { socket } = await ada.online();
    const [gone, kept] = [randomBytes(1_000), randomBytes(1_000)];
    const ids = [(await upload(ada, gone)).id, (await upload(ada, kept)).id];
    const sent = await sayWith(socket, ben, ids);
    await upload(ada, kept);
    for (const each of [ada, ben])
      expectStatus(await each.http('DELETE', `/conversations/${sent.payload.conversation_id}`), 204);
    // The store removes attachments within seconds, and the sweep their files within 30 s more.
    await eventually('the sweep', () => !filesOf(own).includes(sha256(gone)), 60_000);
    assert.deepEqual(filesOf(own), [sha256(kept)]);
  },
);
