import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CLIENT_FRAMES, type ClientFrameType } from '../../../server/protocol/client-frames.ts';
import { decodeClientFrame } from '../../../server/protocol/decode.ts';
import { encodeFrame } from '../../../ui/net/frame-codec.ts';
import { valuesOf } from '../../support/schema-values.ts';

for (const type of Object.keys(CLIENT_FRAMES) as ClientFrameType[]) {
  test(`what our client sends as ${type} is read as it was meant`, () => {
    fc.assert(
      fc.property(valuesOf(CLIENT_FRAMES[type].payload), fc.uuid(), (payload, id) => {
        const decoded = decodeClientFrame(encodeFrame(id, type, payload as never));
        assert.deepEqual(decoded, { ok: true, up: { id, type, payload } });
      }),
    );
  });
}
