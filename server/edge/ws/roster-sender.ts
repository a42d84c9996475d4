import { user, type Roster } from '../../actors/user/messages.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import { REPEATED_AFTER_MS } from '../../storage/writes.ts';

/** Users whose connections are being registered at the same moment: as many as the transactions that a writer has open at once take. */
export const AT_ONCE = 256;
/** After how long a roster that was refused is sent again. */
const REFUSED_MS = 1_000;

/** Tells user actors which connections their users have, after they or the store have forgotten them. Not all at the same moment: the
 *  writer would have thousands of writes to make before anybody else's, those of new connections too, and most of these would be
 *  asked for again before they are made. */
export class RosterSender {
  readonly #host: Pick<Host, 'ask'>;
  readonly #clock: Clock;
  readonly #rosterOf: (userId: string) => Roster;
  readonly #due = new Set<string>();
  #underWay = 0;

  constructor(host: Pick<Host, 'ask'>, clock: Clock, rosterOf: (userId: string) => Roster) {
    this.#host = host;
    this.#clock = clock;
    this.#rosterOf = rosterOf;
  }

  /** How many users wait. Not more than are connected, or have been lately. */
  get waiting(): number {
    return this.#due.size;
  }

  /** Each roster is made when it is sent. */
  send(userIds: Iterable<string>): void {
    for (const userId of userIds) this.#due.add(userId);
    this.#continue();
  }

  #continue(): void {
    for (const userId of this.#due) {
      if (this.#underWay >= AT_ONCE) return;
      this.#due.delete(userId);
      this.#underWay += 1;
      void this.#sendOne(userId).finally(() => {
        this.#underWay -= 1;
        this.#continue();
      });
    }
  }

  /** Whoever is not registered in time is not waited for: the actor goes on by itself. One that could not take the roster, because too much
   *  waits there or its thread is being replaced, knows nothing and gets it again. It counts as under way until then. */
  async #sendOne(userId: string): Promise<void> {
    const sentAt = this.#clock.monotonic();
    try {
      await this.#host.ask(user(userId), this.#rosterOf(userId), REPEATED_AFTER_MS);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      if (this.#clock.monotonic() - sentAt >= REPEATED_AFTER_MS) return;
      await new Promise<void>((resolve) => this.#clock.after(REFUSED_MS, resolve));
      this.#due.add(userId);
    }
  }
}
