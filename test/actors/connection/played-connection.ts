import fc from 'fast-check';
import { connection, type ConnectionMessage } from '../../../server/actors/connection/messages.ts';
import type { EncodedPage } from '../../../server/actors/services/helper.ts';
import type { OpenSocket } from '../../../server/edge/ws/open-socket.ts';
import { RemoteLogs } from '../../../server/edge/ws/remote-logs.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import type { AskedLog } from '../../../server/storage/reads.ts';
import { live, ME, open, page } from '../../support/connection-stage.ts';
import type { Asked } from '../../support/recorded-context.ts';
import { settled } from '../../support/settled.ts';

/** What can happen to a connection, in any order. */
export const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'push' } as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'commit, and push late' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'commit, and lose the push' } as const) },
  { weight: 3, arbitrary: fc.constant({ do: 'commit elsewhere' } as const) },
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

/** A question of `RemoteLogs`, and how far the log went when it was asked. */
interface AskedTogether {
  readonly after: number;
  readonly head: number;
  readonly resolve: (pages: readonly EncodedPage[]) => void;
  readonly reject: (error: ParleyError) => void;
}

/** A connection whose log, writer and socket are played by the test. On a shared store other hosts commit too, and it is told by
 *  `RemoteLogs` what they have committed. */
export class PlayedConnection {
  head: number;
  readonly sent: unknown[] = [];
  readonly opened;
  readonly #logs: RemoteLogs | undefined;
  readonly #told: ConnectionMessage[] = [];
  #together: AskedTogether | undefined;
  readonly #late: number[] = [];
  readonly #headWhenAsked = new WeakMap<Asked, number>();
  #failures = 0;

  private constructor(head: number, isShared: boolean) {
    this.head = head;
    if (isShared) this.#logs = this.#remoteLogs();
    this.opened = open({
      sessionHead: () => Promise.resolve(this.head),
      readTogether: this.#logs?.reached.bind(this.#logs),
    });
  }

  static async open(known: number, missed: number, isShared: boolean): Promise<PlayedConnection> {
    const played = new PlayedConnection(known + missed, isShared);
    await played.opened.context.give({ type: 'open', cursor: known });
    played.#look();
    return played;
  }

  #remoteLogs(): RemoteLogs {
    const ask = (_to: unknown, { asked }: { asked: readonly AskedLog[] }) =>
      new Promise<readonly EncodedPage[]>((resolve, reject) => {
        this.#together = { after: asked[0]?.after ?? 0, head: this.head, resolve, reject };
      });
    const tell = (_to: unknown, message: ConnectionMessage) => void this.#told.push(message);
    const socket = { userId: ME, actor: connection('own'), admitted: true };
    return new RemoteLogs({ ask, tell } as never, () => [
      { ...socket, connection: this.opened.session } as unknown as OpenSocket,
    ]);
  }

  get asked(): number {
    return this.opened.context.asked.length + (this.#together === undefined ? 0 : 1);
  }

  async take(each: Step): Promise<void> {
    const { context } = this.opened;
    if (each.do === 'push') await context.give(live((this.head += 1)));
    else if (each.do === 'commit, and push late') this.#late.push((this.head += 1));
    else if (each.do === 'commit, and lose the push') this.head += 1;
    else if (each.do === 'commit elsewhere') this.#logs?.reached(ME, (this.head += 1));
    else if (each.do === 'late push') {
      for (const cursor of this.#late.splice(each.which, 1)) await context.give(live(cursor));
    } else if (each.do === 'answer') await this.#answer(each.size, each.isOld);
    else if (each.do === 'fail') await this.#fail();
    else if (each.do === 'room') await this.#setRoom(each.frames);
    else await context.advance(each.ms);
    for (let message = this.#told.shift(); message !== undefined; message = this.#told.shift())
      await context.give(message);
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
    const pageFrom = (from: number, head: number): EncodedPage => {
      const to = Math.max(from, Math.min(head, from + size));
      const cursors = Array.from({ length: to - from }, (_, at) => from + 1 + at);
      return page(cursors, to < head, to);
    };
    if (this.#together !== undefined) {
      const { after, head, resolve } = this.#together;
      this.#together = undefined;
      resolve([pageFrom(after, isOld ? head : this.head)]);
      await settled();
    } else if (this.asked > 0) {
      const read = this.opened.context.take('log');
      const head = isOld ? (this.#headWhenAsked.get(read) ?? 0) : this.head;
      await read.answer(pageFrom(Number(read.question['cursor']), head));
      this.#failures = 0;
    }
  }

  /** More of them in a row would end the connection. */
  async #fail(): Promise<void> {
    if (this.#together !== undefined) {
      const { reject } = this.#together;
      this.#together = undefined;
      reject(new ParleyError('unavailable', 'Not now.'));
      await settled();
      return;
    }
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
