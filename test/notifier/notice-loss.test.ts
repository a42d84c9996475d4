import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoticeSequence } from '../../server/notifier/notice-sequence.ts';
import { ManualClock } from '../support/manual-clock.ts';
import type { RandomSource } from '../support/random-source.ts';
import { chance, count, scaled } from '../support/scale.ts';

/** Hosts that publish over a channel, each with a sequence of its own, against a model that knows everything that was sent. */

const LOOK_EVERY_MS = 250;
const HEARTBEAT_MS = 1_000;
const DELAY_MAX_MS = 400;
/** From a loss to the report: 2 s of silence, the time until somebody looks, and what was still on its way. */
const BOUND_MS = 2_000 + LOOK_EVERY_MS + DELAY_MAX_MS;

interface Channel {
  readonly loss: number;
  readonly doubling: number;
  /** Packets may overtake each other. */
  readonly reordering: boolean;
  /** Times at which a host hears nothing, or nobody hears it. */
  readonly cuts: number;
}
const PERFECT: Channel = { loss: 0, doubling: 0, reordering: false, cuts: 0 };

interface Sent {
  readonly at: number;
  readonly heardBy: Set<string>;
}

class World {
  readonly clock = new ManualClock();
  readonly #random: RandomSource;
  readonly #channel: Channel;
  readonly #names: readonly string[];
  readonly #sequences: ReadonlyMap<string, NoticeSequence>;
  readonly #cuts: readonly {
    readonly from: string;
    readonly to: string;
    readonly at: number;
    readonly end: number;
  }[];
  readonly #sent: Sent[] = [];
  /** Receiver → when it was told that it missed something. */
  readonly #reports = new Map<string, number[]>();
  readonly reasons = new Map<string, number>();
  readonly #ignored: string;
  readonly #arrivals = new Map<string, number>();

  /** `ignored`: a reason whose reports do not count. */
  constructor(random: RandomSource, channel: Channel, hosts: number, spanMs: number, ignored = '') {
    this.#ignored = ignored;
    this.#random = random;
    this.#channel = channel;
    this.#names = Array.from({ length: hosts }, (_, n) => `host${String(n)}`);
    this.#sequences = new Map(this.#names.map((name) => [name, new NoticeSequence(this.clock, name)]));
    this.#cuts = Array.from({ length: channel.cuts }, () => {
      const at = random.between(0, spanMs);
      return {
        from: random.pick(this.#names),
        to: random.pick(this.#names),
        at,
        end: at + random.between(100, 6_000),
      };
    });
    for (const [name, sequence] of this.#sequences) {
      sequence.list(this.#names);
      this.#reports.set(name, []);
      this.#every(HEARTBEAT_MS, random.between(0, 999), () => {
        this.#publish(name, sequence);
      });
      this.#every(LOOK_EVERY_MS, random.between(0, 249), () => {
        for (const missed of sequence.tick()) this.#report(name, missed.reason);
      });
    }
  }

  /** Lets the hosts talk, then only their heartbeats go on until everything must have been found. Returns the losses that nobody
   *  was told of in time. */
  run(spanMs: number): {
    readonly sent: number;
    readonly lost: number;
    readonly unnoticed: readonly string[];
  } {
    const from = this.clock.monotonic();
    while (this.clock.monotonic() < from + spanMs) {
      this.clock.advance(this.#random.between(1, 300));
      const name = this.#random.pick(this.#names);
      const sequence = this.#sequences.get(name);
      if (sequence !== undefined) this.#publish(name, sequence);
    }
    const end = this.clock.monotonic();
    this.clock.advance(BOUND_MS + HEARTBEAT_MS);
    const before = this.#sent.filter(({ at }) => at <= end);
    const losses = before.flatMap(({ at, heardBy }) =>
      this.#names.filter((name) => !heardBy.has(name)).map((name) => ({ at, name })),
    );
    const unnoticed = losses.filter(
      ({ at, name }) => !(this.#reports.get(name) ?? []).some((when) => when >= at && when <= at + BOUND_MS),
    );
    return {
      sent: before.length,
      lost: losses.length,
      unnoticed: unnoticed.map(({ at, name }) => `${name} was not told of a loss at ${String(at)}`),
    };
  }

  #every(ms: number, first: number, run: () => void): void {
    this.clock.after(first, () => {
      run();
      this.#every(ms, ms, run);
    });
  }

  #report(name: string, reason: string): void {
    if (reason === this.#ignored) return;
    this.#reports.get(name)?.push(this.clock.monotonic());
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  #publish(from: string, sequence: NoticeSequence): void {
    const number = sequence.next();
    // What a host says to itself is not lost for anybody.
    const sent = { at: this.clock.monotonic(), heardBy: new Set([from]) };
    this.#sent.push(sent);
    for (const to of this.#names) {
      const copies = this.#random.chance(this.#channel.doubling) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) this.#carry(from, to, number, sent);
    }
  }

  #carry(from: string, to: string, number: number, sent: Sent): void {
    const now = this.clock.monotonic();
    const isCut = this.#cuts.some(
      (cut) => (cut.from === from || cut.to === to) && now >= cut.at && now < cut.end,
    );
    if (isCut || this.#random.chance(this.#channel.loss)) return;
    const way = `${from} ${to}`;
    const drawn = now + this.#random.between(0, DELAY_MAX_MS);
    const arrives = this.#channel.reordering ? drawn : Math.max(drawn, this.#arrivals.get(way) ?? 0);
    this.#arrivals.set(way, arrives);
    this.clock.after(arrives - now, () => {
      const heard = this.#sequences.get(to)?.heard(from, number);
      if (heard?.isNew === true) sent.heardBy.add(to);
      if (heard !== undefined && heard.missed !== null) this.#report(to, heard.missed.reason);
    });
  }
}

const SPAN_MS = 30_000;

test('whatever the channel loses, repeats, reorders or cuts off: each loss is reported within the bound', (t) => {
  const random = chance(t);
  const figures = { worlds: scaled({ sample: 25, extended: 100, full: 3_000 }), sent: 0, lost: 0 };
  for (let world = 0; world < figures.worlds; world += 1) {
    const channel: Channel = {
      loss: random.pick([0, 0.01, 0.2, 0.7]),
      doubling: random.pick([0, 0.3]),
      reordering: random.chance(0.5),
      cuts: random.between(0, 4),
    };
    const { sent, lost, unnoticed } = new World(random.fork(), channel, random.between(2, 4), SPAN_MS).run(
      SPAN_MS,
    );
    assert.deepEqual(unnoticed, [], JSON.stringify(channel));
    figures.sent += sent;
    figures.lost += lost;
  }
  count(t, 'notice-loss', figures);
  assert.ok(figures.lost > 500, 'the channel did lose something');
});

test('a perfect channel leads to no report at all', (t) => {
  const random = chance(t);
  for (let world = 0; world < scaled({ sample: 5, extended: 20, full: 500 }); world += 1) {
    const perfect = new World(random.fork(), PERFECT, random.between(2, 4), SPAN_MS);
    assert.equal(perfect.run(SPAN_MS).lost, 0);
    assert.deepEqual([...perfect.reasons], []);
  }
});

for (const ignored of ['gap', 'silent-host'])
  test(`the model finds what would be missed without the report "${ignored}"`, (t) => {
    const random = chance(t);
    let unnoticed = 0;
    for (let round = 0; round < 20; round += 1) {
      const channel = { ...PERFECT, loss: 0.2, cuts: 3 };
      unnoticed += new World(random.fork(), channel, 2, SPAN_MS, ignored).run(SPAN_MS).unnoticed.length;
    }
    assert.ok(unnoticed > 0);
  });
