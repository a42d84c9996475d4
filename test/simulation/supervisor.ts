import { chatDirectory } from '../../server/actors/directory.ts';
import { announce } from '../../server/actors/announce.ts';
import { edge as edgeRef } from '../../server/actors/services/edge.ts';
import { registerShardActors } from '../../server/actors/actor-registry.ts';
import type { ThreadName } from '../../server/runtime/address.ts';
import type { Envelope, SendOutcome } from '../../server/runtime/envelope.ts';
import type { Host } from '../../server/runtime/host.ts';
import { Link, type Control } from '../../server/runtime/threads/link.ts';
import { newProgress, Thread, type Ports } from '../../server/runtime/threads/thread.ts';
import { WriteQueue } from '../../server/storage/write-queue.ts';
import { silentLog } from '../support/hosts.ts';
import { FaultyStore } from './faults.ts';
import { exchangeNotices } from './notices.ts';
import { asPort, openPorts, type SimPort } from './ports.ts';
import { Died, type Life } from './scheduler.ts';
import { SharedStore } from './shared-store.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

interface Child {
  readonly name: ThreadName;
  life: Life;
  link: Link | undefined;
  /** Every end this thread holds or held. */
  ends: SimPort[];
  thread: Thread | undefined;
  restarts: number;
}

/** The real `Thread`, `Link` and `Host` of every thread but the edge's, and what `Threads` does about their deaths. Only
 *  the operating system's threads and ports are played. */
export class Supervisor {
  readonly #world: World;
  readonly #machine: SimHost;
  readonly #host: Host;
  readonly #edge: Life;
  readonly #onRestarted: (thread: ThreadName) => void;
  readonly #children = new Map<ThreadName, Child>();

  /** `host`, `edge`: of the main thread. */
  constructor(world: World, machine: SimHost, host: Host, edge: Life, onRestarted: (t: ThreadName) => void) {
    this.#world = world;
    this.#machine = machine;
    this.#host = host;
    this.#edge = edge;
    this.#onRestarted = onRestarted;
    for (const name of this.names) {
      const child: Child = {
        name,
        life: this.#lifeOf(name),
        link: undefined,
        ends: [],
        thread: undefined,
        restarts: 0,
      };
      this.#children.set(name, child);
      this.#run(child);
    }
  }

  get names(): readonly ThreadName[] {
    return ['writer', ...Array.from({ length: this.#world.plan.shards }, (_, i) => `shard:${i}` as const)];
  }

  route(thread: ThreadName, envelope: Envelope): SendOutcome {
    return this.#children.get(thread)?.link?.send(envelope) ?? 'thread-gone';
  }

  isUp(name: ThreadName): boolean {
    return this.#children.get(name)?.thread !== undefined;
  }

  /** A thread ends without a word; the supervisor hears of it after a while: soon of a throw, late of a hang. */
  kill(name: ThreadName, noticedAfterMs: number): void {
    const child = this.#children.get(name);
    if (child?.thread === undefined) return;
    this.#machine.note(`${name} dies`);
    this.#machine.troubled();
    this.#world.deaths += 1;
    this.#bury(child);
    this.#world.scheduler.after(
      noticedAfterMs,
      () => {
        this.#ended(child);
      },
      this.#edge,
    );
  }

  /** The history is over; the store is for the next one. */
  stop(): void {
    for (const { life, thread } of this.#children.values()) {
      life.alive = false;
      thread?.stats.stop();
    }
  }

  /** The whole process is gone. */
  buryAll(): void {
    for (const child of this.#children.values()) this.#bury(child);
  }

  #bury(child: Child): void {
    child.life.alive = false;
    child.thread?.stats.stop();
    child.thread = undefined;
    for (const end of child.ends) end.die();
    child.ends = [];
    // No answer and no commit after this point; what SQLite has committed it keeps. A store that is shared lives on.
    if (child.name === 'writer' && this.#world.plan.cluster === null) this.#world.store.crashWriter();
  }

  #lifeOf(name: ThreadName): Life {
    const { process } = this.#edge;
    return { name: `${this.#machine.label}${name}`, alive: true, ...(process && { process }) };
  }

  #ended(child: Child): void {
    child.link?.close();
    child.link = undefined;
    child.restarts += 1;
    this.#run(child);
    // As in `Threads`: whoever asks again at once reaches the fresh thread.
    this.#host.threadLost(child.name);
  }

  #run(child: Child): void {
    const { scheduler, random, plan } = this.#world;
    const life = this.#lifeOf(child.name);
    child.life = life;
    const open = (a: Life) => openPorts(scheduler, a, life, () => this.#world.hop(), plan.copies);
    const edge = open(this.#edge);
    const ports: Ports[number][] = [{ thread: 'edge', port: asPort(edge.b) }];
    child.ends.push(edge.b);
    child.link = new Link(child.name, asPort(edge.a), this.#accept, this.#onControl(child));
    const peers = child.name === 'writer' ? this.names.slice(1) : (['writer'] as const);
    for (const name of peers) {
      const peer = this.#children.get(name);
      if (peer?.link === undefined) continue;
      const pair = open(peer.life);
      ports.push({ thread: name, port: asPort(pair.b) });
      child.ends.push(pair.b);
      peer.ends.push(pair.a);
      peer.link.control({ c: 'link', thread: child.name, port: asPort(pair.a) });
    }
    const startMs = child.restarts === 0 ? 0 : random.between(20, 300);
    scheduler.after(
      startMs,
      () => {
        this.#start(child, life, ports);
      },
      life,
    );
  }

  #start(child: Child, life: Life, ports: Ports): void {
    const { plan, ids } = this.#world;
    const directory = chatDirectory(plan.shards);
    const clock = this.#world.serverClock(life);
    const options = { thread: child.name, directory, clock, ids, log: silentLog, life: child.restarts };
    const thread = new Thread(options, { ports, progress: newProgress() });
    child.thread = thread;
    if (child.name === 'writer') this.#serveWrites(child, thread);
    else registerShardActors(thread.host, this.#world.queries(this.#machine, life));
    if (child.restarts > 0) {
      this.#machine.note(`${child.name} is back`);
      this.#machine.troubled();
    }
    thread.ready();
  }

  #serveWrites(child: Child, thread: Thread): void {
    const world = this.#world;
    const faulty = this.#openStore(child);
    if (world.plan.cluster === null) {
      const queue = new WriteQueue(thread.host, faulty, (write, outcome) => {
        announce(write, outcome, thread.host);
      });
      queue.continueSteps();
      return;
    }
    const { life, restarts } = child;
    const notices = exchangeNotices(world, this.#machine, { thread: thread.host, life, restarts });
    const shared = new SharedStore({
      ...{ world, host: this.#machine, life, clock: thread.host.clock, store: faulty },
      onUnannounced: (userIds) => {
        thread.host.tell(edgeRef, { type: 'compare', userIds });
        notices.omit();
      },
    });
    const queue = new WriteQueue(thread.host, shared, (write, outcome) => {
      announce(write, outcome, thread.host);
      notices.tell(write, outcome);
    });
    queue.continueSteps();
  }

  #openStore(child: Child): FaultyStore {
    const world = this.#world;
    const { random, ledger, trace, plan, ids, store, scheduler, guesses } = world;
    return new FaultyStore({
      store: store.writer(child.restarts === 0),
      reads: store.reads,
      weather: this.#machine.weather,
      random,
      ledger,
      guesses,
      trace,
      bug: plan.bug,
      host: this.#machine.label,
      nextId: ids.next,
      now: () => scheduler.now,
      onCommit: () => {
        world.lastCommit = scheduler.now;
      },
      die: () => {
        this.kill('writer', random.between(1, 30));
        throw new Died('writer');
      },
    });
  }

  readonly #accept = (envelope: Envelope): void => {
    this.#host.accept(envelope);
  };

  #onControl(child: Child): (control: Control) => void {
    return (control) => {
      if (control.c === 'ready' && child.restarts > 0) this.#onRestarted(child.name);
    };
  }
}
