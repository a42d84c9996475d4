import { ParleyError } from '../../protocol/errors.ts';
import { RecentMap } from '../../runtime/recent-map.ts';
import type { StoreAccess } from '../../actors/services/store-access.ts';
import type { SeenPresence } from '../../storage/reads.ts';

/** Users whose presence is read with one question. */
const USERS_AT_ONCE = 200;
/** Users who wait. */
export const WAITING_MAX = 20_000;
/** Users whose presence was told last, and is not told again. */
const TOLD_MAX = 50_000;
/** A transaction may be committed so long after the time that it has written. */
const SLACK_MS = 10_000;
const PAGE = 1_000;

type Told = Pick<SeenPresence, 'status' | 'lastSeen'>;

export interface RemotePresenceDeps {
  readonly read: StoreAccess['read'];
  /** To those who see it and are connected here. */
  readonly tell: (presence: SeenPresence) => void;
  /** To one who is connected here and no longer sees this user. */
  readonly conceal: (userId: string, peerId: string) => void;
  /** Not all that has changed could be told: a comparison will find it. */
  readonly onIncomplete: () => void;
}

/** Tells the connections here whose presence other hosts have changed, as the store has it. */
export class RemotePresence {
  readonly #deps: RemotePresenceDeps;
  readonly #waiting = new Set<string>();
  /** Users of whom somebody sees another thing than before, and these: their presence is told although it was told to others. */
  readonly #introduced = new Map<string, Set<string>>();
  readonly #told = new RecentMap<string, Told>(TOLD_MAX);
  #reading: Promise<void> | undefined;
  /** Everything that was changed before this time is known. */
  #comparedAt: number;

  constructor(deps: RemotePresenceDeps, now: number) {
    this.#deps = deps;
    this.#comparedAt = now;
  }

  /** This host has told its own connections already. What its threads tell may come in another order than it was stored in. */
  told(presence: SeenPresence): void {
    if (this.#remember(presence) === 'older') this.changed([presence.userId]);
  }

  /** What `peerId`, who is connected here, sees of this user has changed: everything from now on, or nothing any more. */
  introduced(userId: string, peerId: string): void {
    if (this.#waiting.size < WAITING_MAX) this.#introduce(userId, [peerId]);
    this.changed([userId]);
  }

  #introduce(userId: string, peers: Iterable<string>): void {
    this.#introduced.set(userId, new Set([...(this.#introduced.get(userId) ?? []), ...peers]));
  }

  /** Another host has changed the presence of these users. */
  changed(userIds: readonly string[]): void {
    for (const userId of userIds) {
      if (this.#waiting.size < WAITING_MAX) this.#waiting.add(userId);
      else this.#deps.onIncomplete();
    }
    this.#read().catch((error: unknown) => {
      if (!(error instanceof ParleyError)) throw error;
      this.#deps.onIncomplete();
    });
  }

  /** Tells what has changed since the last comparison. Rejects with a ParleyError if the store cannot be read; then the next comparison
   *  begins where this one did. `now`: by the clock of the store. */
  async compare(now: number): Promise<void> {
    const since = this.#comparedAt - SLACK_MS;
    for (let after: string | null = null; ;) {
      const found: readonly string[] = await this.#deps.read('presenceChangedSince', since, {
        after,
        limit: PAGE,
      });
      for (const userId of found) this.#waiting.add(userId);
      await this.#read();
      after = found.at(-1) ?? null;
      if (found.length < PAGE) break;
    }
    this.#comparedAt = now;
  }

  /** One question at a time. */
  async #read(): Promise<void> {
    // Whoever began it hears of its failure.
    while (this.#reading !== undefined) await this.#reading.catch(() => undefined);
    if (this.#waiting.size === 0) return;
    this.#reading = this.#readAll();
    try {
      await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  async #readAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const userIds = [...this.#waiting].slice(0, USERS_AT_ONCE);
      for (const userId of userIds) this.#waiting.delete(userId);
      // Only a read that begins afterwards knows who sees them.
      const introduced = new Map(userIds.map((userId) => [userId, this.#introduced.get(userId)]));
      for (const userId of userIds) this.#introduced.delete(userId);
      const presences = await this.#deps.read('seenPresence', userIds).catch((error: unknown) => {
        // For the next attempt.
        for (const userId of userIds) this.#waiting.add(userId);
        for (const [userId, peers] of introduced) if (peers !== undefined) this.#introduce(userId, peers);
        throw error;
      });
      for (const presence of presences) {
        const isNews = this.#remember(presence);
        const peers = introduced.get(presence.userId);
        for (const peerId of peers ?? [])
          if (!presence.observers.includes(peerId)) this.#deps.conceal(presence.userId, peerId);
        if (isNews === 'known' && peers === undefined) continue;
        this.#deps.tell(presence);
        // What was told meanwhile may be newer.
        if (isNews === 'older') this.#waiting.add(presence.userId);
      }
    }
  }

  #remember({ userId, status, lastSeen }: SeenPresence): 'known' | 'newer' | 'older' {
    const last = this.#told.get(userId);
    if (last?.status === status && last.lastSeen === lastSeen) return 'known';
    this.#told.set(userId, { status, lastSeen });
    return (last?.lastSeen ?? -Infinity) < (lastSeen ?? -Infinity) || last === undefined ? 'newer' : 'older';
  }
}
