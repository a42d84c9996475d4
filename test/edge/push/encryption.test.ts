import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encryptPush, isBrowserKey } from '../../../server/edge/push/encrypt.ts';
import { pushHeaders, pushPayload } from '../../../server/edge/push/push-payload.ts';
import { Vapid } from '../../../server/edge/push/vapid.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { BrowserKeys, vapidOf } from '../../support/push-receiver.ts';

const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'base64url');

test('[N4] the tests decrypt the example of RFC 8291', () => {
  const keys = new BrowserKeys(
    bytes('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'),
    bytes('BTBZMqHH6r4Tts7J_aSIgg'),
  );
  const body = bytes(`DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml
    mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT
    pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN`);
  assert.equal(keys.decrypt(body), 'When I grow up, I want to be a watermelon');
});

test('[N4] what was encrypted for a browser it can read, and nobody else', () => {
  const [browser, other] = [new BrowserKeys(), new BrowserKeys()];
  for (const payload of [{}, { text: 'é👍' }, { text: 'x'.repeat(3_900) }]) {
    const body = encryptPush(payload, browser.keys);
    assert.deepEqual(browser.read(body), payload);
    assert.throws(() => other.read(body));
    assert.notDeepEqual(encryptPush(payload, browser.keys), body, 'each time with another key');
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    assert.throws(() => browser.read(body));
  }
  assert.throws(() => encryptPush({ text: 'x'.repeat(4_000) }, browser.keys), /too long/);
});

test('[N4] the length of a push does not tell that of the text', () => {
  const { keys } = new BrowserKeys();
  const sizes = ['', 'x', 'a longer text', 'y'.repeat(300)].map((text) => encryptPush({ text }, keys).length);
  assert.equal(new Set(sizes).size, 1, sizes.join(', '));
});

test('[N2] a key of a browser is a point of the curve', () => {
  const { p256dh } = new BrowserKeys().keys;
  assert.equal(isBrowserKey(p256dh), true);
  const point = Buffer.from(p256dh, 'base64url');
  point[64] = (point[64] ?? 0) ^ 1;
  assert.equal(isBrowserKey(point.toString('base64url')), false);
  assert.equal(isBrowserKey(Buffer.alloc(65, 4).toString('base64url')), false);
});

const SECRET = Buffer.from('a secret that a server keeps, of 32 bytes or more');

test('[N1] all servers with one secret have one key, and others another', () => {
  const keyOf = (secret: Buffer): string =>
    new Vapid(secret, 'mailto:a@b.example', new ManualClock()).publicKey;
  assert.equal(keyOf(SECRET), keyOf(Buffer.from(SECRET)));
  // It must stay the same in every later version: browsers have subscribed with it.
  assert.equal(
    keyOf(SECRET),
    'BJLylA7foTBPVZ_A4LcHkXhdhuvrncU1w2OZowWIJJx0ERG3akBLVMrgQ3mUtlZP1iR8rdVB_AQRosjz6MRQ0bU',
  );
  const others = Array.from({ length: 64 }, (_, n) => keyOf(Buffer.from(`secret ${String(n)}`)));
  assert.equal(new Set([...others, keyOf(SECRET)]).size, 65);
  for (const key of others) assert.equal(isBrowserKey(key), true);
});

test('[N4] a push says who sends it, to this service alone and for less than a day', async () => {
  const clock = new ManualClock();
  const vapid = new Vapid(SECRET, 'mailto:a@b.example', clock);
  const first = await vapid.authorization('https://push.example');
  const { key, claims } = vapidOf(first);
  assert.equal(key, vapid.publicKey);
  const exp = clock.now() / 1000 + 12 * 3600;
  assert.deepEqual(claims, { aud: 'https://push.example', sub: 'mailto:a@b.example', exp });
  assert.equal(await vapid.authorization('https://push.example'), first, 'it is signed once');
  assert.equal(
    vapidOf(await vapid.authorization('https://other.example')).claims['aud'],
    'https://other.example',
  );
  clock.advance(7 * 3_600_000);
  const later = vapidOf(await vapid.authorization('https://push.example')).claims;
  assert.equal(later['exp'], exp + 7 * 3600);
});

const MESSAGE = {
  messageId: 'message',
  conversationId: 'conversation',
  senderId: 'sender',
  recipientId: 'recipient',
  content: 'the text',
  sentAt: 0,
};

test('[N4] a payload has the text only if the user wants it, and only its beginning', () => {
  const shown = {
    type: 'message',
    conversation_id: 'conversation',
    message_id: 'message',
    sender_name: 'Ben',
    sent_at: '1970-01-01T00:00:00.000Z',
  };
  assert.deepEqual(pushPayload(MESSAGE, 'Ben', false), shown);
  assert.deepEqual(pushPayload(MESSAGE, 'Ben', true), { ...shown, text: 'the text' });
  const file = { id: 'file', name: 'secret.pdf', type: 'application/pdf', size: 1, sha256: '' };
  const carrying = { ...MESSAGE, content: '', attachments: [file, file] };
  assert.deepEqual(pushPayload(carrying, 'Ben', true), { ...shown, text: '', attachments: 2 });
  assert.deepEqual(pushPayload(carrying, 'Ben', false), shown);
  const long = pushPayload({ ...MESSAGE, content: '👍'.repeat(5_000) }, 'n'.repeat(64), true) as {
    text: string;
  };
  assert.equal(long.text, `${'👍'.repeat(239)}…`);
  const textOf = (content: string): string =>
    (pushPayload({ ...MESSAGE, content }, 'Ben', true) as { text: string }).text;
  for (const whole of ['👩‍👩‍👧', '🇩🇪', 'e\u0301', '👍🏽']) {
    const cut = textOf(`x${whole.repeat(400)}`);
    assert.match(cut, new RegExp(`^x(?:${whole})+…$`, 'u'), whole);
    assert.ok([...cut].length > 230, 'as much of it as fits');
  }
  assert.equal(textOf(`a${'\u0301'.repeat(500)}`), `a${'\u0301'.repeat(238)}…`);
  const { keys } = new BrowserKeys();
  const worst = pushPayload({ ...MESSAGE, content: '\u0001'.repeat(5_000) }, '\u{10ffff}'.repeat(64), true);
  assert.ok(encryptPush(worst, keys).length <= 4_096);
});

test('[N4] the topic says to a push service which pushes replace each other, and not who talks with whom', () => {
  const topicOf = (conversationId: string, auth: string): string =>
    pushHeaders({ ...MESSAGE, conversationId }, { auth }, '')['Topic'] ?? '';
  assert.match(topicOf('1', 'a'), /^[A-Za-z0-9_-]{32}$/);
  assert.equal(topicOf('1', 'a'), topicOf('1', 'a'));
  assert.equal(new Set([topicOf('1', 'a'), topicOf('2', 'a'), topicOf('1', 'b'), topicOf('2', 'b')]).size, 4);
});
