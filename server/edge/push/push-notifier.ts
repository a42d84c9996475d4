import type { StoreAccess } from '../../actors/services/store-access.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import { LogLimit } from '../../runtime/log/log-limit.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { PushAudience } from '../../storage/push-subscriptions.ts';
import { Deliveries, SERVICE_MAX } from './deliveries.ts';
import { encryptPush } from './encrypt.ts';
import { endpointOf } from './endpoint.ts';
import { PushFigures } from './push-figures.ts';
import { pushHeaders, pushPayload, type OfferedMessage } from './push-payload.ts';
import { PushSender, type PushOutcome } from './send-push.ts';
import type { Vapid } from './vapid.ts';

export interface PushNotifierOptions extends StoreAccess {
  readonly clock: Clock;
  readonly log: Logger;
  readonly vapid: Vapid;
  /** See `endpointOf`. */
  readonly allowed: ReadonlySet<string>;
  /** Whether a user has a visible connection at this host. */
  readonly isVisible: (userId: string) => boolean;
  /** The id of this host in the store. */
  readonly hostId: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Messages of different conversations or recipients that wait for the question whom to tell. */
const WAITING_MAX = 2_000;
/** Of how many the store is asked at once. */
const ASKED_MAX = 64;
/** After a question that the store could not answer. */
const AGAIN_MS = 1_000;
const ASKS_MAX = 3;
const FAULT_LOG_MS = 60_000;

type Subscription = PushAudience['subscriptions'][number];

/** Tells users by push of messages that this host has stored while they have no visible connection. It begins after the message was
 *  announced, and nobody waits for it. What cannot be told is dropped: the message is in the log anyway. */
export class PushNotifier {
  readonly figures = new PushFigures();
  readonly #options: PushNotifierOptions;
  readonly #sender: PushSender;
  readonly #deliveries: Deliveries;
  readonly #faults: LogLimit;
  /** By recipient and conversation: the newest message of each. */
  readonly #waiting = new Map<string, OfferedMessage>();
  #timer: Timer | undefined;
  #isAsking = false;
  #isStopped = false;
  #failedAsks = 0;

  constructor(options: PushNotifierOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#faults = new LogLimit(clock, FAULT_LOG_MS);
    this.#sender = new PushSender(clock, SERVICE_MAX);
    const onFault = this.#noteFault.bind(this);
    this.#deliveries = new Deliveries({ clock, random, figures: this.figures, onFault });
  }

  /** Pushes and messages that wait. */
  get waiting(): number {
    return this.#waiting.size + this.#deliveries.waiting;
  }

  /** Since the start, for operators. `failed`: all that were not sent for another reason than that their subscription is gone. */
  get summary(): { readonly accepted: number; readonly failed: number; readonly waiting: number } {
    const { accepted, gone: _gone, ...others } = this.figures.outcomes;
    const failed = Object.values(others).reduce((sum, count) => sum + count, 0);
    return { accepted, failed, waiting: this.waiting };
  }

  /** Takes a message that was stored, and returns at once. */
  offer(message: OfferedMessage): void {
    if (this.#isStopped || this.#options.isVisible(message.recipientId)) return;
    const key = `${message.recipientId}/${message.conversationId}`;
    if (!this.#waiting.has(key) && this.#waiting.size >= WAITING_MAX) {
      this.figures.count('overflow');
      return;
    }
    this.#waiting.set(key, message);
    this.#askSoon(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#waiting.clear();
    this.#deliveries.stop();
    this.#sender.close();
  }

  #askSoon(ms: number): void {
    if (this.#isAsking || this.#isStopped || this.#waiting.size === 0) return;
    this.#timer ??= this.#options.clock.after(ms, () => {
      this.#timer = undefined;
      void this.#ask();
    });
  }

  /** One question at a time: what comes meanwhile is asked together. */
  async #ask(): Promise<void> {
    const { read, hostId, isVisible } = this.#options;
    const entries = [...this.#waiting].slice(0, ASKED_MAX);
    this.#isAsking = true;
    let pause = 0;
    try {
      const messages = entries.map(([, message]) => message);
      const audiences = await read('pushAudiences', messages.map(questionOf), hostId());
      this.#failedAsks = 0;
      messages.forEach((message, i) => {
        const audience = audiences[i];
        // They may have come back meanwhile.
        if (audience !== undefined && !isVisible(message.recipientId)) this.#deliver(message, audience);
      });
      this.#drop(entries);
    } catch {
      this.#failedAsks += 1;
      pause = AGAIN_MS;
      if (this.#failedAsks >= ASKS_MAX) {
        this.#failedAsks = 0;
        for (const _ of entries) this.figures.count('unread');
        this.#drop(entries);
      }
    }
    this.#isAsking = false;
    this.#askSoon(pause);
  }

  /** What was not replaced by a newer message. */
  #drop(entries: readonly (readonly [string, OfferedMessage])[]): void {
    for (const [key, message] of entries) if (this.#waiting.get(key) === message) this.#waiting.delete(key);
  }

  #deliver(message: OfferedMessage, audience: PushAudience): void {
    for (const subscription of audience.subscriptions) {
      const endpoint = endpointOf(subscription.endpoint, this.#options.allowed);
      // The operator has taken a private push service from the list.
      if ('fault' in endpoint) this.figures.count('blocked');
      else
        this.#deliveries.add({
          key: `${subscription.sessionId}/${message.conversationId}`,
          endpoint,
          send: () => this.#send({ message, subscription, endpoint, senderName: audience.senderName }),
          onGone: () => {
            this.#forget(message.recipientId, subscription);
          },
        });
    }
  }

  async #send({ message, subscription, endpoint, senderName }: Addressed): Promise<PushOutcome> {
    try {
      const authorization = await this.#options.vapid.authorization(endpoint.url.origin);
      const headers = pushHeaders(message, subscription, authorization);
      const body = encryptPush(pushPayload(message, senderName, subscription.showText), subscription);
      return await this.#sender.send({ endpoint, headers, body });
    } catch (error) {
      this.#options.log.error({ err: error }, 'push.not-encrypted');
      return { kind: 'failed', cause: 'ENCRYPTION' };
    }
  }

  #forget(userId: string, { sessionId, endpoint }: Subscription): void {
    // If the store takes nothing now, the next push finds the same.
    this.#options.write('unsubscribePush', { userId, sessionId, endpoint }).catch(() => undefined);
  }

  /** Of the endpoint only whose it is: whoever knows all of it can send pushes there. */
  #noteFault(service: string, cause: string): void {
    const suppressed = this.#faults.pass(cause);
    if (suppressed !== null) this.#options.log.warn({ service, cause, suppressed }, 'push.failed');
  }
}

interface Addressed {
  readonly message: OfferedMessage;
  readonly subscription: Subscription;
  readonly endpoint: Exclude<ReturnType<typeof endpointOf>, { fault: string }>;
  readonly senderName: string;
}

const questionOf = ({ senderId, recipientId }: OfferedMessage) => ({ senderId, recipientId });
