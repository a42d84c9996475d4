import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeClientFrame } from '../../server/protocol/decode.ts';
import { ATTACHMENTS_PER_MESSAGE } from '../../server/protocol/limits.ts';

const idAt = (n: number): string => `0198a3c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => idAt(n + 1));

const decoded = (payload: object) =>
  decodeClientFrame(
    JSON.stringify({ id: idAt(99), type: 'message', payload: { recipient_id: idAt(98), ...payload } }),
  );

test('[G3] a message names up to ten attachments, and needs no text then', () => {
  for (const count of [1, ATTACHMENTS_PER_MESSAGE]) {
    for (const content of ['', 'a text']) {
      const frame = decoded({ content, attachments: ids(count) });
      assert.ok(frame.ok, JSON.stringify(frame));
      assert.deepEqual(frame.up.payload, { recipient_id: idAt(98), content, attachments: ids(count) });
    }
  }
});

test('[G3] an empty list of attachments is the same as none', () => {
  const frame = decoded({ content: 'a text', attachments: [] });
  assert.ok(frame.ok, JSON.stringify(frame));
});

test('[G3] [W7] no text, too many, repeated or other attachments are refused, and so is a text that shows nothing', () => {
  const one = ids(1);
  for (const [payload, path] of [
    [{ content: '' }, 'content'],
    [{ content: '', attachments: [] }, 'content'],
    [{ content: 'a', attachments: ids(ATTACHMENTS_PER_MESSAGE + 1) }, 'attachments'],
    [{ content: 'a', attachments: [idAt(1), idAt(2), idAt(1)] }, 'attachments'],
    [{ content: 'a', attachments: ['not an id'] }, 'attachments.0'],
    [{ content: 'a', attachments: [idAt(1).toUpperCase()] }, 'attachments.0'],
    [{ content: 'a', attachments: idAt(1) }, 'attachments'],
    [{ content: 'a', attachments: null }, 'attachments'],
    [{ content: ' ', attachments: one }, 'content'],
    [{ content: '\u200b', attachments: one }, 'content'],
    [{ content: 'a\0', attachments: one }, 'content'],
    [{ content: 'a'.repeat(5_001), attachments: one }, 'content'],
    [{ attachments: one }, 'content'],
    [{ content: null, attachments: one }, 'content'],
  ] as const) {
    const frame = decoded(payload);
    assert.ok(!frame.ok, JSON.stringify(payload));
    assert.ok(frame.detail.startsWith(`payload.${path}: `), `${JSON.stringify(payload)}: ${frame.detail}`);
    assert.equal(frame.ref, idAt(99));
  }
});
