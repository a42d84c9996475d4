import { helper, type EncodedPage } from '../../actors/services/helper.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Host } from '../../runtime/host.ts';
import type { AskedLog } from '../../storage/reads.ts';
import type { OpenSocket } from './open-socket.ts';

/** Users whose logs are read with one question. */
const USERS_AT_ONCE = 200;
/** Events of one user in one answer; whoever has missed more reads on by page. */
const EVENTS = 64;
const TIMEOUT_MS = 10_000;

/** Brings what other hosts have committed to the connections here: reads the logs of many users with one question, one question at a
 *  time. What comes meanwhile waits for the next, the highest cursor of each user. */
export class RemoteLogs {
  readonly #host: Pick<Host, 'ask' | 'tell'>;
  readonly #of: (userId: string) => readonly OpenSocket[];
  /** No more users than are connected here. */
  readonly #wanted = new Map<string, number>();
  #isReading = false;

  /** `of`: the open connections of a user. */
  constructor(host: Pick<Host, 'ask' | 'tell'>, of: (userId: string) => readonly OpenSocket[]) {
    this.#host = host;
    this.#of = of;
  }

  /** Users whose logs are to be read. */
  get size(): number {
    return this.#wanted.size;
  }

  /** The log of this user has reached this cursor. */
  reached(userId: string, cursor: number): void {
    for (const { admitted, connection, actor } of this.#of(userId)) {
      const position = connection.catchUp;
      // It hears of it behind what it is being told, and asks when it is live and still lacks it.
      if (!admitted || !position.isLive) this.#host.tell(actor, { type: 'reached', cursor });
      else if (position.cursor < cursor)
        this.#wanted.set(userId, Math.max(cursor, this.#wanted.get(userId) ?? 0));
    }
    if (this.#wanted.size > 0 && !this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#wanted.size > 0) {
      const taken = [...this.#wanted].slice(0, USERS_AT_ONCE);
      for (const [userId] of taken) this.#wanted.delete(userId);
      const asked = taken.flatMap(([userId, cursor]) => this.#question(userId, cursor));
      if (asked.length > 0) await this.#ask(asked, new Map(taken));
    }
    this.#isReading = false;
  }

  /** What the connection that is furthest behind has not sent; none if all have sent it meanwhile, or are reading the log. */
  #question(userId: string, cursor: number): readonly AskedLog[] {
    let after = cursor;
    for (const { admitted, connection, actor } of this.#of(userId)) {
      const position = connection.catchUp;
      if (admitted && position.isLive) after = Math.min(after, position.cursor);
      // What it is reading may have been read before.
      else this.#host.tell(actor, { type: 'reached', cursor });
    }
    return after < cursor ? [{ userId, after }] : [];
  }

  async #ask(asked: readonly AskedLog[], cursors: ReadonlyMap<string, number>): Promise<void> {
    let pages: readonly EncodedPage[] = [];
    try {
      pages = await this.#host.ask(helper, { type: 'logs', asked, limit: EVENTS }, TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
    }
    asked.forEach(({ userId, after }, i) => {
      const page = pages[i];
      const cursor = cursors.get(userId) ?? 0;
      for (const { actor } of this.#of(userId)) {
        if (page !== undefined) this.#host.tell(actor, { type: 'logged', after, page });
        // Each connection tries again by itself, with pauses, where the store could not be read. A page that is not all may end before
        // the place of a connection that is further than others.
        if (page?.more !== false) this.#host.tell(actor, { type: 'read-alone', cursor });
      }
    });
  }
}
