import type { StoreAccess } from '../../actors/services/store-access.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import { RecentMap } from '../../runtime/recent-map.ts';
import type { Reads, SeenPresence } from '../../storage/reads.ts';
import type { ShownPresence } from '../../storage/shown-presence.ts';

/** Users whose presence is read with one question. */
const USERS_AT_ONCE = 200;
/** Users who wait, and pairs of a user and somebody who is told anyway. */
export const WAITING_MAX = 20_000;
/** Users whose presence was told last, and is not told again. */
const TOLD_MAX = 50_000;
/** A transaction may be committed so long after the time that it has written. */
const SLACK_MS = 10_000;
const PAGE = 1_000;
/** After the store could not be read. */
export const READ_AGAIN_MS = 250;

const NOBODY: ReadonlySet<string> = new Set();
const NONE: ReadonlyMap<string, ReadonlySet<string>> = new Map();

type ChangedBlocks = ReturnType<Reads['blocksChangedSince']>;
/** `isHidden`: it was hidden from somebody. */
type Told = Pick<SeenPresence, 'status' | 'lastSeen'> & { readonly isHidden: boolean };

export interface PresenceTellerDeps {
  readonly read: StoreAccess['read'];
  readonly clock: Pick<Clock, 'after' | 'now'>;
  /** Sends a presence to those of these users who are connected here. */
  readonly tell: (presence: ShownPresence, userIds: readonly string[]) => void;
  readonly isConnected: (userId: string) => boolean;
  /** Closes the connections of a user here: there is no room to tell them something, and the next connection reads everything anew. */
  readonly disconnect: (userId: string) => void;
  /** There was no room for all users whose presence has changed. Returns those whose presence is read to make up for it. */
  readonly onIncomplete: () => readonly string[];
}

/** Tells the connections of this host what they see of the presence of others.
 *
 *  Nothing that is told comes from the message that says that it has changed, because such messages overtake each other: a change may arrive
 *  after a block that was committed later. They only say of whom, and perhaps for whom, something is to be read. It is read after they have
 *  come, one question at a time, and told in the order of the questions. So the last thing that is told of a user is what a question found
 *  that began after the last change was committed: what the store answers. A question is for many users, and for all who see them. */
export class PresenceTeller {
  readonly #deps: PresenceTellerDeps;
  /** Users whose presence is to be read; with each, those who are told it whatever was told before. */
  #waiting = new Map<string, Set<string> | null>();
  #pairs = 0;
  /** Those of the question under way. */
  #asked: ReadonlyMap<string, ReadonlySet<string>> = NONE;
  /** Whose turn it is when nobody waits. */
  #rest: readonly string[] = [];
  #isIncomplete = false;
  readonly #told = new RecentMap<string, Told>(TOLD_MAX);
  #reading: Promise<void> | undefined;
  #again: Timer | undefined;
  /** Everything that was changed before this time is known. */
  #comparedAt: number;

  constructor(deps: PresenceTellerDeps) {
    this.#deps = deps;
    this.#comparedAt = deps.clock.now();
  }

  /** The presence of these users has changed, at whichever host. */
  changed(userIds: readonly string[]): void {
    for (const userId of userIds) {
      if (this.#waiting.size < WAITING_MAX) this.#wait(userId);
      else this.#isIncomplete ||= !this.#waiting.has(userId);
    }
    this.#begin();
  }

  /** What `peerId` sees of this user has changed: everything from now on, or nothing any more. */
  seenAnew(userId: string, peerId: string): void {
    // Who connects later reads it. What is being read of the user may still be told to them, and is older.
    if (!this.#deps.isConnected(peerId) && !this.#asked.has(userId)) return;
    if (this.#pairs < WAITING_MAX) this.#wait(userId, [peerId]);
    else this.#deps.disconnect(peerId);
    this.#begin();
  }

  /** An event has shown `peerId` the presence of somebody as it was when the event was read. What was told before the event may be newer,
   *  so it is told again after it. */
  shown({ userId, status, lastSeen }: ShownPresence, peerId: string): void {
    const last = this.#told.get(userId);
    if (last === undefined) return;
    const isSame = last.status === status && last.lastSeen === lastSeen;
    if (!isSame || last.isHidden) this.seenAnew(userId, peerId);
  }

  /** Tells what has changed since the last comparison, also what this host was never told of. Rejects with a ParleyError if the store cannot
   *  be read; then the next comparison begins where this one did. `now`: by the clock of the store. */
  async compare(now: number): Promise<void> {
    const { read } = this.#deps;
    const since = this.#comparedAt - SLACK_MS;
    for (let after: string | null = null; ;) {
      const found: readonly string[] = await read('presenceChangedSince', since, { after, limit: PAGE });
      for (const userId of found) this.#wait(userId);
      await this.#read();
      after = found.at(-1) ?? null;
      if (found.length < PAGE) break;
    }
    let next: string | null = null;
    do {
      const page: ChangedBlocks = await read('blocksChangedSince', since, { after: next, limit: PAGE });
      for (const [userId, peerId] of page.pairs)
        if (this.#deps.isConnected(peerId) || this.#asked.has(userId)) this.#wait(userId, [peerId]);
      await this.#read();
      ({ next } = page);
    } while (next !== null);
    this.#comparedAt = now;
  }

  stop(): void {
    this.#again?.cancel();
  }

  #wait(userId: string, peers: Iterable<string> = NOBODY): void {
    const waiting = this.#waiting.get(userId) ?? null;
    this.#waiting.set(userId, waiting);
    for (const peerId of peers) {
      const known = this.#waiting.get(userId) ?? new Set();
      if (!known.has(peerId)) this.#pairs += 1;
      this.#waiting.set(userId, known.add(peerId));
    }
  }

  #begin(): void {
    this.#read().catch((error: unknown) => {
      if (!(error instanceof ParleyError)) throw error;
    });
  }

  /** Resolves once nobody waits. */
  #read(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    this.#reading ??= this.#readAll();
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    try {
      for (let asked = this.#take(); asked.size > 0; asked = this.#take()) {
        this.#asked = asked;
        const presences = await this.#deps.read('seenPresence', [...asked.keys()]);
        this.#asked = NONE;
        for (const presence of presences) this.#tell(presence, asked.get(presence.userId) ?? NOBODY);
      }
    } catch (error) {
      for (const [userId, peers] of this.#asked) this.#wait(userId, peers);
      this.#again ??= this.#deps.clock.after(READ_AGAIN_MS, () => {
        this.#again = undefined;
        this.#begin();
      });
      throw error;
    } finally {
      this.#asked = NONE;
      this.#reading = undefined;
    }
  }

  /** Who is asked for next; nobody if nobody waits. */
  #take(): ReadonlyMap<string, ReadonlySet<string>> {
    if (this.#waiting.size === 0) {
      if (this.#isIncomplete) this.#rest = this.#deps.onIncomplete();
      this.#isIncomplete = false;
      for (const userId of this.#rest.slice(0, USERS_AT_ONCE)) this.#wait(userId);
      this.#rest = this.#rest.slice(USERS_AT_ONCE);
    }
    const taken = new Map<string, ReadonlySet<string>>();
    for (const [userId, peers] of this.#waiting) {
      if (taken.size === USERS_AT_ONCE) break;
      taken.set(userId, peers ?? NOBODY);
      this.#waiting.delete(userId);
      this.#pairs -= peers?.size ?? 0;
    }
    return taken;
  }

  /** `anew`: who is told whatever was told before. */
  #tell(presence: SeenPresence, anew: ReadonlySet<string>): void {
    const { userId, status, lastSeen, observers, hiddenFrom } = presence;
    const isKnown = this.#isKnown(presence);
    const told = isKnown ? observers.filter((each) => anew.has(each)) : observers;
    if (told.length > 0) this.#deps.tell(presence, told);
    // Whom the user has never written to learns nothing, not even that they are blocked.
    const hidden = hiddenFrom.filter((each) => anew.has(each));
    if (hidden.length === 0) return;
    this.#deps.tell({ userId, status: null, lastSeen: null }, hidden);
    this.#told.set(userId, { status, lastSeen, isHidden: true });
  }

  #isKnown({ userId, status, lastSeen }: SeenPresence): boolean {
    const last = this.#told.get(userId);
    if (last?.status === status && last.lastSeen === lastSeen) return true;
    this.#told.set(userId, { status, lastSeen, isHidden: last?.isHidden === true });
    return false;
  }
}
