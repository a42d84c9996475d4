import type { Clock } from '../runtime/clock.ts';
import { RecentMap } from '../runtime/recent-map.ts';

/** How often each host publishes something, were it only a heartbeat. */
export const HEARTBEAT_MS = 1_000;
/** Whoever is not heard for so long may have said something that was lost. */
const SILENCE_MS = 2_000;
/** A host that no list names, and that is not heard any more, is watched for so long. */
const UNLISTED_MS = 10_000;
/** How many numbers each life of the thread that publishes has to itself. */
const NUMBERS_PER_LIFE = 2 ** 32;
/** Hosts, present and former, whose last number is known. */
const NUMBERS_MAX = 1_000;

export type MissedReason =
  /** The subscription has begun, for the first time or again. */
  | 'connected'
  /** The first that is heard of a host is not the first that it said. */
  | 'unknown-host'
  | 'gap'
  | 'silent-host'
  /** A host that was watched is there no longer; it may have committed something last. */
  | 'host-gone'
  /** Our own heartbeat does not come back: we hear nobody, or nobody hears us. */
  | 'own-silence'
  | 'newer-version'
  | 'unreadable';

/** Something may have been missed: what is connected here has to be compared with the database. */
export interface Missed {
  readonly reason: MissedReason;
  readonly hostId: string | null;
}

interface Watched {
  heardAt: number;
  /** When its silence was last reported. */
  reportedAt: number;
  isListed: boolean;
}

/** Numbers the notices of this host, and finds out what was missed of the others. The channel may lose, repeat, reorder and hold back
 *  what it likes: within 2 s of a loss, or with the next notice of the same host, there is a `Missed`. */
export class NoticeSequence {
  readonly #clock: Clock;
  readonly #ownIds: Set<string>;
  readonly #numbers = new RecentMap<string, number>(NUMBERS_MAX);
  readonly #watched = new Map<string, Watched>();
  #published: number;
  #ownHeardAt: number;
  #ownReportedAt = -Infinity;
  #newerReportedAt = -Infinity;
  #isNewerUnreported = false;

  /** `life`: how many threads of this process have published under this id before. They are gone, and so may be what they had to say:
   *  that numbers leap is what tells the others. */
  constructor(clock: Clock, hostId: string, life = 0) {
    this.#clock = clock;
    this.#ownIds = new Set([hostId]);
    this.#published = life * NUMBERS_PER_LIFE;
    this.#ownHeardAt = clock.monotonic();
  }

  /** Whether what this host publishes comes back to it. */
  get isHeard(): boolean {
    return this.#clock.monotonic() - this.#ownHeardAt < SILENCE_MS;
  }

  /** The other hosts that are watched. */
  get hosts(): number {
    return this.#watched.size;
  }

  /** Whether it is, or was, the id of this host. */
  isOwn(hostId: string): boolean {
    return this.#ownIds.has(hostId);
  }

  /** This host has another id from now on; what it has said under the old one may still come back. */
  rename(hostId: string): void {
    this.#ownIds.add(hostId);
  }

  /** The number of the next envelope. One that is then not published is a gap for all others. */
  next(): number {
    this.#published += 1;
    return this.#published;
  }

  /** An envelope has come. It counts only if it is newer than everything before it: what came too late was reported when its
   *  successor came. */
  heard(hostId: string, number: number): { readonly isNew: boolean; readonly missed: Missed | null } {
    const last = this.#numbers.get(hostId) ?? 0;
    if (number <= last) return { isNew: false, missed: null };
    this.#numbers.set(hostId, number);
    if (this.isOwn(hostId)) {
      this.#ownHeardAt = this.#clock.monotonic();
      return { isNew: true, missed: null };
    }
    this.#watch(hostId).heardAt = this.#clock.monotonic();
    if (number === last + 1) return { isNew: true, missed: null };
    return { isNew: true, missed: { reason: last === 0 ? 'unknown-host' : 'gap', hostId } };
  }

  /** The hosts that there are, as the database says. */
  list(hostIds: readonly string[]): readonly Missed[] {
    const listed = new Set(hostIds);
    for (const hostId of this.#ownIds) listed.delete(hostId);
    for (const hostId of listed) this.#watch(hostId).isListed = true;
    const gone = [...this.#watched].filter(([hostId, { isListed }]) => isListed && !listed.has(hostId));
    return gone.map(([hostId]) => this.#forget(hostId));
  }

  /** Somebody has said something that only a newer release understands. Anybody on the broker can claim that, so it is not reported
   *  more than once in 2 s. */
  heardNewerVersion(): Missed | null {
    this.#isNewerUnreported = true;
    return this.#reportNewerVersion(this.#clock.monotonic());
  }

  /** To be called a few times a second. */
  tick(): readonly Missed[] {
    const now = this.#clock.monotonic();
    const missed: (Missed | null)[] = [this.#reportOwnSilence(now), this.#reportNewerVersion(now)];
    for (const [hostId, watched] of this.#watched) {
      const silence = now - watched.heardAt;
      if (silence < SILENCE_MS) continue;
      if (!watched.isListed && silence >= UNLISTED_MS) missed.push(this.#forget(hostId));
      else if (now - watched.reportedAt >= SILENCE_MS) {
        watched.reportedAt = now;
        missed.push({ reason: 'silent-host', hostId });
      }
    }
    return missed.filter((each) => each !== null);
  }

  #watch(hostId: string): Watched {
    const known = this.#watched.get(hostId);
    if (known !== undefined) return known;
    const watched = { heardAt: this.#clock.monotonic(), reportedAt: -Infinity, isListed: false };
    this.#watched.set(hostId, watched);
    return watched;
  }

  #forget(hostId: string): Missed {
    this.#watched.delete(hostId);
    return { reason: 'host-gone', hostId };
  }

  #reportOwnSilence(now: number): Missed | null {
    if (now - this.#ownHeardAt < SILENCE_MS || now - this.#ownReportedAt < SILENCE_MS) return null;
    this.#ownReportedAt = now;
    return { reason: 'own-silence', hostId: null };
  }

  #reportNewerVersion(now: number): Missed | null {
    if (!this.#isNewerUnreported || now - this.#newerReportedAt < SILENCE_MS) return null;
    this.#isNewerUnreported = false;
    this.#newerReportedAt = now;
    return { reason: 'newer-version', hostId: null };
  }
}
