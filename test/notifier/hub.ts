import type { NoticeKind, Notice } from '../../server/notifier/notice.ts';
import { NoticeExchange } from '../../server/notifier/notice-exchange.ts';
import type { MissedReason } from '../../server/notifier/notice-sequence.ts';
import type { Notifier, NotifierEvents } from '../../server/notifier/notifier.ts';
import type { ManualClock } from '../support/manual-clock.ts';

/** A broker in memory, which loses what it is told to. */
export class Hub {
  readonly #clock: ManualClock;
  readonly #members = new Set<NotifierEvents>();
  /** Everything that was sent, lost or not. */
  readonly packets: Uint8Array[] = [];
  isLosing = false;
  #isUp = true;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  open(events: NotifierEvents): Notifier {
    this.#clock.after(0, () => {
      this.#members.add(events);
      if (this.#isUp) events.onState(true, '');
    });
    return {
      publish: (bytes) => {
        if (this.#isUp) this.carry(bytes);
      },
      stats: this.#stats(),
      close: () => {
        this.#members.delete(events);
        return Promise.resolve();
      },
    };
  }

  carry(bytes: Uint8Array): void {
    this.packets.push(bytes);
    if (this.isLosing) return;
    this.#clock.after(1, () => {
      for (const { onNotice } of this.#members) onNotice(bytes);
    });
  }

  set isUp(isUp: boolean) {
    this.#isUp = isUp;
    for (const { onState } of this.#members) onState(isUp, isUp ? '' : 'the hub is down');
  }

  #stats(): Notifier['stats'] {
    const isUp = (): boolean => this.#isUp;
    return {
      get isAlive() {
        return isUp();
      },
      ...{ published: 0, dropped: 0, heard: 0, connects: 0, failedConnects: 0, losses: 0 },
    };
  }
}

/** One host on a hub, and what it was told. */
export class HubHost {
  readonly exchange: NoticeExchange;
  readonly heard: Notice[] = [];
  readonly missed: MissedReason[] = [];
  readonly states: boolean[] = [];

  constructor(clock: ManualClock, hub: Pick<Hub, 'open'>, hostId: string, secret = HUB_SECRET, life = 0) {
    this.exchange = new NoticeExchange({
      clock,
      hostId,
      life,
      secret,
      open: (events) => hub.open(events),
      onNotice: (notice) => this.heard.push(notice),
      onMissed: ({ reason }) => this.missed.push(reason),
      onState: (isAlive) => this.states.push(isAlive),
    });
  }

  /** Of all notices of one kind. */
  entries(kind: NoticeKind): readonly unknown[] {
    return this.heard.flatMap((notice) => (notice[kind] ?? []) as readonly unknown[]);
  }

  takeMissed(): readonly MissedReason[] {
    return this.missed.splice(0);
  }
}
export const HUB_SECRET = 'a key of the operator, 32 bytes or more';
