import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BURST_BYTES,
  CONGESTED_BYTES,
  Flusher,
  Outbound,
  type Wire,
} from '../../../server/edge/ws/outbound.ts';
import { UNSENT_MAX_BYTES } from '../../../server/protocol/limits.ts';

/** A uWS socket whose reader is played by the test: what is not taken stays buffered. */
class FakeWire {
  readonly texts: string[] = [];
  corks = 0;
  buffered = 0;
  reads = true;
  ended: number | undefined;

  send(text: string): number {
    if (this.ended !== undefined) throw new Error('uWS throws on a closed socket');
    this.texts.push(text);
    if (!this.reads) this.buffered += text.length;
    return this.reads ? 1 : 0;
  }
  cork(run: () => void): void {
    this.corks += 1;
    run();
  }
  getBufferedAmount(): number {
    return this.buffered;
  }
  end(code: number): void {
    this.ended = code;
  }
}

const open = () => {
  const wire = new FakeWire();
  const flusher = new Flusher();
  const drained: number[] = [];
  const outbound = new Outbound('s', wire as unknown as Wire, flusher, () => drained.push(wire.texts.length));
  return { wire, flusher, outbound, drained };
};

test('texts of one tick go out in order under one cork', () => {
  const { wire, flusher, outbound } = open();
  for (const text of ['a', 'b', 'c']) assert.equal(outbound.send(text), true);
  assert.deepEqual(wire.texts, []);
  flusher.flush();
  assert.deepEqual(wire.texts, ['a', 'b', 'c']);
  assert.equal(wire.corks, 1);
});

test('[P9] past the mark the sender is told to wait, and told again once there is room', () => {
  const { wire, flusher, outbound, drained } = open();
  wire.reads = false;
  assert.equal(
    outbound.send('x'.repeat(CONGESTED_BYTES + 1)),
    true,
    'live: it may take all that a tick brings',
  );
  assert.equal(outbound.congested, true, 'a page is sent in smaller parts');
  flusher.flush();
  assert.equal(outbound.send('x'), false, 'it did not');
  flusher.flush();
  assert.deepEqual(drained, []);
  wire.buffered = CONGESTED_BYTES;
  outbound.drained();
  assert.deepEqual(drained, [], 'half of the mark is room, less is not');
  wire.buffered = 10;
  outbound.drained();
  assert.deepEqual(drained, [2]);
  outbound.drained();
  assert.deepEqual(drained, [2], 'told once');
});

test('a full queue that goes through at once drains without a word from uWS', () => {
  const { flusher, outbound, drained } = open();
  assert.equal(outbound.send('x'.repeat(BURST_BYTES + 1)), false);
  flusher.flush();
  assert.deepEqual(drained, [1]);
});

test('[P9] a client that leaves more than 1 MiB unread is closed with 4429', () => {
  const { wire, flusher, outbound } = open();
  wire.reads = false;
  outbound.send('x'.repeat(UNSENT_MAX_BYTES));
  flusher.flush();
  assert.equal(wire.ended, undefined);
  outbound.send('x');
  flusher.flush();
  assert.equal(wire.ended, 4429);
});

test('what was queued goes out before the close; afterwards the socket is not touched', () => {
  const { wire, flusher, outbound } = open();
  outbound.send('last words');
  outbound.close(4409, 'revoked');
  assert.deepEqual(wire.texts, ['last words']);
  assert.equal(wire.ended, 4409);
  assert.equal(outbound.send('too late'), false);
  flusher.flush();
  outbound.close(1000, 'again');
  assert.deepEqual(wire.texts, ['last words']);
});

test('a socket that holds all it may still gets the last word before the close', () => {
  const { wire, outbound } = open();
  wire.buffered = UNSENT_MAX_BYTES;
  outbound.send('last words');
  outbound.close(4409, 'revoked');
  assert.deepEqual([wire.texts, wire.ended], [['last words'], 4409]);
});

test('a socket that uWS has closed is not touched', () => {
  const { wire, flusher, outbound } = open();
  outbound.send('a');
  outbound.gone();
  flusher.flush();
  outbound.close(1001, '');
  assert.deepEqual([wire.texts, wire.ended], [[], undefined]);
});

test('who waits for what is queued to be handed on is called once, after it; of a socket that is gone nobody is', () => {
  const { wire, flusher, outbound } = open();
  const other = new Outbound('o', new FakeWire() as unknown as Wire, flusher, () => undefined);
  const seen: (readonly [string, number])[] = [];
  const watch = (of: Outbound): void => {
    of.whenWritten(() => seen.push([of.id, wire.texts.length]));
  };
  outbound.send('a');
  watch(outbound);
  outbound.send('b');
  flusher.flush();
  outbound.send('c');
  flusher.flush();
  assert.deepEqual(seen, [['s', 2]]);
  other.send('d');
  watch(other);
  other.gone();
  flusher.flush();
  assert.equal(seen.length, 1);
});
