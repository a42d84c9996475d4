import fc from 'fast-check';
import { live, open, page } from '../../support/connection-stage.ts';
import type { Asked } from '../../support/recorded-context.ts';

/** What can happen to a connection, in any order. */
export const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'push' } as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'commit, and push late' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'commit, and lose the push' } as const) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('late push' as const), which: fc.nat(5) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      size: fc.integer({ min: 1, max: 4 }),
      isOld: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'fail' } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('room' as const), frames: fc.nat(4) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom<number>(10, 50, 1_000) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A connection whose log, writer and socket are played by the test. */
export class PlayedConnection {
  head: number;
  readonly sent: unknown[] = [];
  readonly opened;
  readonly #late: number[] = [];
  readonly #headWhenAsked = new WeakMap<Asked, number>();
  #failures = 0;

  private constructor(head: number) {
    this.head = head;
    this.opened = open({ sessionHead: () => Promise.resolve(this.head) });
  }

  static async open(known: number, missed: number): Promise<PlayedConnection> {
    const played = new PlayedConnection(known + missed);
    await played.opened.context.give({ type: 'open', cursor: known });
    played.#look();
    return played;
  }

  get asked(): number {
    return this.opened.context.asked.length;
  }

  async take(each: Step): Promise<void> {
    const { context } = this.opened;
    if (each.do === 'push') await context.give(live((this.head += 1)));
    else if (each.do === 'commit, and push late') this.#late.push((this.head += 1));
    else if (each.do === 'commit, and lose the push') this.head += 1;
    else if (each.do === 'late push') {
      for (const cursor of this.#late.splice(each.which, 1)) await context.give(live(cursor));
    } else if (each.do === 'answer') await this.#answer(each.size, each.isOld);
    else if (each.do === 'fail') await this.#fail();
    else if (each.do === 'room') await this.#setRoom(each.frames);
    else await context.advance(each.ms);
    this.#look();
  }

  /** The socket takes everything, and the connections compare, as they do when the writer may have lost pushes. */
  async settle(): Promise<void> {
    await this.take({ do: 'room', frames: Infinity });
    await this.opened.context.give({ type: 'verify' });
    for (let quiet = 0; quiet < 3; quiet = this.asked > 0 ? 0 : quiet + 1) {
      await this.take({ do: 'answer', size: 4, isOld: true });
      await this.take({ do: 'wait', ms: 6_000 });
    }
  }

  /** A page as the log was when it was asked for, or as it is now: a read may happen at any time between. */
  async #answer(size: number, isOld: boolean): Promise<void> {
    if (this.asked === 0) return;
    const read = this.opened.context.take('log');
    const head = isOld ? (this.#headWhenAsked.get(read) ?? 0) : this.head;
    const from = Number(read.question['cursor']);
    const to = Math.max(from, Math.min(head, from + size));
    const cursors = Array.from({ length: to - from }, (_, at) => from + 1 + at);
    await read.answer(page(cursors, to < head, to));
    this.#failures = 0;
  }

  /** More of them in a row would end the connection. */
  async #fail(): Promise<void> {
    if (this.asked === 0 || this.#failures === 5) return;
    this.#failures += 1;
    await this.opened.context.take('log').fail({ code: 'unavailable', detail: '' });
  }

  async #setRoom(frames: number): Promise<void> {
    this.opened.socket.room = frames;
    if (frames > 0) await this.opened.context.give({ type: 'drained' });
  }

  #look(): void {
    for (const { type, cursor } of this.opened.socket.sent.splice(0)) {
      if (type === 'message') this.sent.push(cursor);
    }
    for (const each of this.opened.context.asked) {
      if (!this.#headWhenAsked.has(each)) this.#headWhenAsked.set(each, this.head);
    }
  }
}
