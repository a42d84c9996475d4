import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Endpoint } from './endpoint.ts';
import type { PushFigures } from './push-figures.ts';
import type { PushOutcome } from './send-push.ts';

/** One push to one device. */
export interface Delivery {
  /** A later push with the same key takes the place of one that waits. */
  readonly key: string;
  readonly endpoint: Endpoint;
  /** Encrypts and sends it. Never rejects. */
  readonly send: () => Promise<PushOutcome>;
  /** The push service knows the subscription no more. */
  readonly onGone: () => void;
}

export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly figures: PushFigures;
  /** An attempt without success: the status of the answer, or a code. */
  readonly onFault: (service: string, cause: string) => void;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Pushes that wait, of all push services together and of one. */
export const WAITING_MAX = 4_000;
export const SERVICE_WAITING_MAX = 1_000;
/** A push that has waited for so long tells nothing new. */
export const WAITING_MAX_MS = 1_800_000;
/** Pushes on their way at the same moment, to one push service and to all. */
export const SERVICE_MAX = 8;
const ALL_MAX = 32;
const ATTEMPTS = 5;
/** Doubled with each attempt; half of it is left to chance. */
const BACK_OFF_MS = 2_000;

interface Waiting extends Delivery {
  readonly since: number;
  attempts: number;
  notBefore: number;
}

interface Service {
  readonly waiting: Map<string, Waiting>;
  underWay: number;
  /** Nothing is sent before: it asked to wait, or does not answer. */
  notBefore: number;
  /** Attempts in a row without any answer. */
  silent: number;
}

/** Sends pushes, those of each push service side by side with those of the others, so that one that hangs keeps only its own waiting. What
 *  fails for a while is tried again. In memory: what a stop leaves is not sent. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  /** By origin. */
  readonly #services = new Map<string, Service>();
  #waiting = 0;
  #underWay = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  add(delivery: Delivery): void {
    const service = this.#serviceOf(delivery);
    // The newest one counts, from its first attempt on.
    if (service.waiting.delete(delivery.key)) this.#waiting -= 1;
    const since = this.#options.clock.monotonic();
    this.#wait(service, { ...delivery, since, attempts: 0, notBefore: 0 });
    this.#sendDue();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#services.clear();
    this.#waiting = 0;
  }

  /** Returns whether there is room for it. */
  #wait(service: Service, waiting: Waiting): boolean {
    if (this.#waiting >= WAITING_MAX || service.waiting.size >= SERVICE_WAITING_MAX) {
      this.#options.figures.count('overflow');
      return false;
    }
    service.waiting.set(waiting.key, waiting);
    this.#waiting += 1;
    return true;
  }

  #serviceOf({ endpoint: { url } }: Delivery): Service {
    let service = this.#services.get(url.origin);
    if (service === undefined) {
      service = { waiting: new Map(), underWay: 0, notBefore: 0, silent: 0 };
      this.#services.set(url.origin, service);
    }
    return service;
  }

  /** Sends what may be sent now, and comes back when the next one may. */
  #sendDue(): void {
    if (this.#isStopped) return;
    const { clock } = this.#options;
    const now = clock.monotonic();
    let next = Infinity;
    for (const [origin, service] of this.#services) {
      for (const waiting of service.waiting.values()) {
        if (now - waiting.since > WAITING_MAX_MS) {
          this.#forget(service, waiting);
          this.#options.figures.count('abandoned');
          continue;
        }
        // A service that is silent gets one push at a time, until it answers.
        const most = service.silent > 0 ? 1 : SERVICE_MAX;
        if (service.underWay >= most || this.#underWay >= ALL_MAX) break;
        const dueAt = Math.max(waiting.notBefore, service.notBefore);
        if (dueAt > now) next = Math.min(next, dueAt);
        else void this.#attempt(service, waiting);
      }
      if (service.waiting.size === 0 && service.underWay === 0 && service.notBefore <= now)
        this.#services.delete(origin);
    }
    this.#timer?.cancel();
    if (next < Infinity)
      this.#timer = clock.after(next - now, () => {
        this.#sendDue();
      });
  }

  #forget(service: Service, { key }: Waiting): void {
    service.waiting.delete(key);
    this.#waiting -= 1;
  }

  async #attempt(service: Service, waiting: Waiting): Promise<void> {
    this.#forget(service, waiting);
    service.underWay += 1;
    this.#underWay += 1;
    const outcome = await waiting.send();
    service.underWay -= 1;
    this.#underWay -= 1;
    if (!this.#isStopped) this.#settle(service, waiting, outcome);
    this.#sendDue();
  }

  #settle(service: Service, waiting: Waiting, outcome: PushOutcome): void {
    const { figures, onFault } = this.#options;
    service.silent = outcome.kind === 'answered' ? 0 : service.silent + 1;
    if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300) {
      figures.count('accepted');
      return;
    }
    const cause = outcome.kind === 'failed' ? outcome.cause : String(outcome.status);
    if (cause === '404' || cause === '410') {
      figures.count('gone');
      waiting.onGone();
      return;
    }
    onFault(waiting.endpoint.url.origin, cause);
    if (cause === 'EPRIVATE') figures.count('blocked');
    else if (!isPassing(outcome)) figures.count('refused');
    else this.#again(service, waiting, outcome);
  }

  #again(service: Service, waiting: Waiting, outcome: PushOutcome): void {
    const { clock, figures, random } = this.#options;
    const now = clock.monotonic();
    const asked = outcome.kind === 'answered' ? outcome.retryAfterMs : null;
    const backOff = BACK_OFF_MS * 2 ** waiting.attempts * (0.5 + random() / 2);
    const dueAt = now + Math.max(asked ?? 0, backOff);
    // One device's push fails as all of the service will: whoever comes meanwhile waits too.
    if (asked !== null || outcome.kind === 'failed') service.notBefore = Math.max(service.notBefore, dueAt);
    waiting.attempts += 1;
    if (waiting.attempts >= ATTEMPTS) {
      figures.count('abandoned');
      return;
    }
    // A newer one has come meanwhile.
    if (service.waiting.has(waiting.key)) return;
    waiting.notBefore = dueAt;
    if (this.#wait(service, waiting)) figures.retries += 1;
  }
}

/** Whether the same push may succeed later. */
const isPassing = (outcome: PushOutcome): boolean =>
  outcome.kind === 'failed' || outcome.status === 429 || outcome.status === 408 || outcome.status >= 500;
