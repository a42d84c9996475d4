import { account } from '../../server/actors/account/messages.ts';
import { loginThrottle } from '../../server/actors/login-throttle/messages.ts';
import { LOGIN_SLOT_MS } from '../../server/storage/limits.ts';
import { ParleyError } from '../../server/protocol/errors.ts';
import type { Host } from '../../server/runtime/host.ts';
import type { WriteOutcome } from '../../server/storage/outcome.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import type { World } from './world.ts';

const WRONG = 'wrong ';
const TIMEOUT_MS = 10_000;

/** Wrong passwords that somebody tries from one address, at all hosts, and what the throttle may let through. [A4] */
export class Guesses {
  readonly #world: World;
  /** Slots that the store has given, and when. */
  readonly #given = new Map<string, number>();
  /** Those whose password was compared with the hash. */
  readonly #verified = new Set<string>();
  /** Those whose outcome is stored. */
  readonly #settled = new Set<string>();
  #wrong = 0;
  /** With those that were counted twice because an answer was lost. */
  #failures = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get #key(): string {
    return `guesser ${String(this.#world.seed)}`;
  }

  /** Somebody tries a wrong password, at any host. */
  begin(): void {
    const { server } = this.#world.anyHost();
    server?.reach(() => {
      this.#guess(server.host).catch((error: unknown) => {
        if (!(error instanceof ParleyError)) throw error;
      });
    });
  }

  /** As the route of a login does. */
  async #guess(host: Host): Promise<void> {
    const world = this.#world;
    const key = this.#key;
    const entry = await host.ask(loginThrottle(key), { type: 'enter' }, TIMEOUT_MS);
    if (entry.kind === 'limited') {
      this.#refused();
      return;
    }
    const { username } = world.random.pick(world.people);
    const session = {
      id: world.ids.next(),
      refreshHash: new Uint8Array(32),
      ttlMs: 1,
      ipAddress: '192.0.2.2',
      userAgent: '',
    };
    const attempt = { key, name: username, slot: entry.slot };
    const password = `${WRONG}${entry.slot}`;
    const question = { type: 'login', username, password, session, attempt } as const;
    const answer = await host.ask(account(username), question, TIMEOUT_MS);
    if (answer.kind === 'opened') this.#world.broken('A4', 'somebody was let in with a wrong password');
    if (answer.kind === 'limited') this.#refused();
  }

  /** What argon2 says. */
  verify(password: string): boolean {
    if (!password.startsWith(WRONG)) return true;
    const slot = password.slice(WRONG.length);
    this.#verified.add(slot);
    if (!this.#lives(slot)) return false;
    const open = [...this.#verified].filter((each) => !this.#settled.has(each) && this.#lives(each));
    const { maxFailures } = this.#world.plan.loginLimits;
    const counted = this.#wrong + open.length;
    this.#world.trace.note(`wrong password ${String(counted)}`);
    if (counted > maxFailures)
      this.#world.broken('A4', `wrong password ${String(counted)} of an address reached the hash`);
    return false;
  }

  committed({ type, input }: WriteMessage, outcome: WriteOutcome): void {
    if (!outcome.ok || (type !== 'enterLogin' && type !== 'settleLogin')) return;
    // Those who delete their accounts are at other addresses.
    if (input.key !== this.#key) return;
    const { result } = outcome;
    if (type === 'enterLogin' && 'kind' in result && result.kind === 'entered')
      this.#given.set(input.slot, this.#world.scheduler.now);
    if (type !== 'settleLogin') return;
    if (input.outcome === 'wrong') {
      this.#failures += 1;
      if (!this.#settled.has(input.slot)) this.#wrong += 1;
    }
    this.#settled.add(input.slot);
  }

  /** Whether the store still counts the slot. */
  #lives(slot: string): boolean {
    const at = this.#given.get(slot);
    return at !== undefined && this.#world.scheduler.now - at < LOGIN_SLOT_MS;
  }

  #refused(): void {
    const { maxFailures } = this.#world.plan.loginLimits;
    if (this.#failures < maxFailures)
      this.#world.broken('A4', `refused after ${String(this.#failures)} wrong passwords`);
  }
}
