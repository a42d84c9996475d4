import type { Notifier, NotifierEvents } from '../../server/notifier/notifier.ts';
import type { Life } from './scheduler.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

/** One writer's connection to the broker. */
interface Member {
  readonly host: SimHost;
  readonly life: Life;
  readonly events: NotifierEvents;
  isAlive: boolean;
}

/** Carries notices between the hosts, and loses, doubles, delays and reorders them as the seed says. */
export class SimBroker {
  readonly #world: World;
  #members: Member[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  open(host: SimHost, life: Life, events: NotifierEvents): Notifier {
    const member: Member = { host, life, events, isAlive: false };
    this.#members.push(member);
    this.#connect(member);
    return {
      publish: (bytes) => {
        if (member.isAlive) this.#publish(member, bytes);
      },
      stats: {
        get isAlive() {
          return member.isAlive;
        },
        ...{ published: 0, dropped: 0, heard: 0, connects: 0, failedConnects: 0, losses: 0 },
      },
      close: () => Promise.resolve(),
    };
  }

  /** Whoever is cut off may learn of it soon, or only by hearing nothing. */
  cut(host: SimHost): void {
    const { scheduler, random } = this.#world;
    host.note('is cut off from the broker');
    host.isCutFromBroker = true;
    if (random.chance(0.5)) return;
    for (const member of this.#of(host))
      scheduler.after(
        random.next() * 3_000,
        () => {
          if (!member.isAlive || !host.isCutFromBroker) return;
          member.isAlive = false;
          member.events.onState(false, 'cut off');
        },
        member.life,
      );
  }

  heal(host: SimHost): void {
    if (!host.isCutFromBroker) return;
    host.note('reaches the broker');
    host.isCutFromBroker = false;
    for (const member of this.#of(host)) this.#connect(member);
  }

  #of(host: SimHost): readonly Member[] {
    this.#members = this.#members.filter(({ life }) => life.alive);
    return this.#members.filter((member) => member.host === host);
  }

  #connect(member: Member): void {
    const { scheduler, random } = this.#world;
    scheduler.after(
      random.next() * 500,
      () => {
        if (member.isAlive || member.host.isCutFromBroker) return;
        member.isAlive = true;
        member.events.onState(true, '');
      },
      member.life,
    );
  }

  #publish(from: Member, bytes: Uint8Array): void {
    const { random, plan, calm } = this.#world;
    if (from.host.isCutFromBroker || plan.cluster === null) return;
    const { loses, doubles } = plan.cluster;
    for (const to of this.#members) {
      if (!to.isAlive || !to.life.alive) continue;
      if (!calm && random.chance(loses)) continue;
      this.#carry(to, bytes);
      if (!calm && random.chance(doubles)) this.#carry(to, bytes);
    }
  }

  /** Each packet takes its own time. What comes while a host is cut off is lost, and what comes while it is frozen waits there. */
  #carry(to: Member, bytes: Uint8Array): void {
    const { scheduler, random, plan } = this.#world;
    const delayMs = plan.cluster?.delayMs ?? 0;
    scheduler.after(
      random.next() * (random.chance(0.95) ? delayMs : 10 * delayMs),
      () => {
        if (!to.host.isCutFromBroker) to.events.onNotice(bytes);
      },
      to.life,
    );
  }
}
