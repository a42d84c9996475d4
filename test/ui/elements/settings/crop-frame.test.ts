import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  moved,
  wholeFrame,
  ZOOM_MAX,
  zoomedTo,
  zoomOf,
  type CropFrame,
} from '../../../../ui/elements/settings/crop-frame.ts';

const WIDE = { width: 400, height: 200 };

test('at first the largest square in the middle is chosen', () => {
  assert.deepEqual(wholeFrame(WIDE), { x: 200, y: 100, side: 200 });
  assert.equal(zoomOf(wholeFrame(WIDE), WIDE), 1);
});

test('the frame moves by parts of its side and stops at the edges of the picture', () => {
  assert.deepEqual(moved(wholeFrame(WIDE), { x: 0.25, y: 0 }, WIDE), { x: 250, y: 100, side: 200 });
  assert.deepEqual(moved(wholeFrame(WIDE), { x: 9, y: 9 }, WIDE), { x: 300, y: 100, side: 200 });
});

test('what is under the pointer stays there while the picture grows', () => {
  const at = { x: -0.5, y: -0.5 };
  const frame = zoomedTo(wholeFrame(WIDE), 2, WIDE, at);
  assert.deepEqual(frame, { x: 150, y: 50, side: 100 }, 'the upper left corner is where it was');
});

test('whatever is done, the frame is a square within the picture', () => {
  const part = fc.double({ min: -3, max: 3, noNaN: true });
  const act = fc.oneof(
    fc.record({ x: part, y: part }).map((by) => ({ by })),
    fc.record({ zoom: fc.double({ min: 0, max: 99, noNaN: true }), at: fc.record({ x: part, y: part }) }),
  );
  const size = fc.record({
    width: fc.integer({ min: 1, max: 9_000 }),
    height: fc.integer({ min: 1, max: 9_000 }),
  });
  fc.assert(
    fc.property(size, fc.array(act, { maxLength: 12 }), (picture, acts) => {
      const frame = acts.reduce<CropFrame>(
        (held, each) =>
          'by' in each ? moved(held, each.by, picture) : zoomedTo(held, each.zoom, picture, each.at),
        wholeFrame(picture),
      );
      const [half, slack] = [frame.side / 2, 1e-6];
      assert.ok(frame.side > 0 && frame.side <= Math.min(picture.width, picture.height) + slack);
      assert.ok(zoomOf(frame, picture) <= ZOOM_MAX + slack);
      assert.ok(frame.x - half >= -slack && frame.x + half <= picture.width + slack);
      assert.ok(frame.y - half >= -slack && frame.y + half <= picture.height + slack);
    }),
  );
});
