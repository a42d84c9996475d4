import { RandomSource } from '../support/random-source.ts';
import type { Clock } from '../../server/runtime/clock.ts';
import type { Queries, Reads } from '../../server/storage/reads.ts';
import { SimBroker } from './broker.ts';
import type { Bug } from './bugs.ts';
import { Device } from './device.ts';
import type { SimServer } from './edge.ts';
import { Guesses } from './guesses.ts';
import { SimIds } from './ids.ts';
import { Ledger, type LedgerCopy } from './ledger.ts';
import { makePlan, withHosts, type Plan } from './plan.ts';
import { Scheduler, type Life } from './scheduler.ts';
import { remoteQueries, sharedReads } from './shared-store.ts';
import { SimHost } from './sim-host.ts';
import type { SimStore } from './store.ts';
import { Trace } from './trace.ts';
import { Transactions } from './transactions.ts';

/** Longer than any wall clock jumps: a session that ends in a history was ended by somebody. */
const TTL_MS = 100 * 365 * 86_400_000;
/** The chances of a cluster are its own. */
const HOSTS_SEED = 0x3c6e_f372;

export interface Violation {
  readonly rule: string;
  readonly what: string;
}
export interface Person {
  readonly id: string;
  readonly username: string;
}

interface WorldOptions {
  readonly bug: Bug | null;
  readonly keep: boolean;
  /** Whether there are several hosts. */
  readonly hosts: boolean;
}

/** Everything of one history: chance, time, the hosts of the server, the devices, and what was found to be wrong. */
export class World {
  readonly seed: number;
  readonly random: RandomSource;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly plan: Plan;
  readonly ids: SimIds;
  readonly store: SimStore;
  readonly ledger: Ledger;
  readonly hosts: readonly SimHost[];
  readonly broker: SimBroker;
  readonly transactions: Transactions;
  readonly guesses: Guesses;
  readonly violations: Violation[] = [];
  readonly people: Person[] = [];
  readonly devices: Device[] = [];
  readonly life: Life = { name: 'world', alive: true };
  /** Where each person had a connection that was opened or ended last, and when. */
  readonly seen = new Map<string, { readonly server: SimServer; readonly at: number }>();
  /** Devices that the network does not carry at present. */
  readonly cutOff = new Set<Device>();
  /** Questions of devices that are under way, over HTTP. */
  readonly requests = new Set<{ readonly life: Life }>();
  /** How far the server's wall clock is off. */
  skewMs = 0;
  /** Threads that have died. */
  deaths = 0;
  /** Messages that were under way at three deaths, and are refused for it. [R6] */
  readonly poison = new Set<string>();
  /** When something was last committed. */
  lastCommit = 0;
  /** Nothing fails any more. */
  calm = false;
  /** The server was put back to a copy. */
  restored = false;
  /** Messages that were committed and are gone with that. */
  readonly lost = new Set<string>();
  /** The same of conversations, and those that are there still. */
  readonly lostConversations = new Map<string, readonly [string, string]>();
  /** People who were deleted: what was refused for that stays refused until somebody tries again. */
  readonly deletedOnce = new Set<string>();
  /** Sessions that were ended, and may live again with that. */
  readonly endedOnce = new Set<string>();
  #copy: { readonly store: Buffer; readonly ledger: LedgerCopy } | undefined;
  readonly #sharedReads: Reads | undefined;
  /** No host can start now. */
  isOut = false;

  constructor(seed: number, store: SimStore, options: WorldOptions) {
    this.seed = seed;
    this.store = store;
    this.random = new RandomSource(seed);
    this.scheduler = new Scheduler(this.random, (error, life) => {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.broken('P8', `${life.name} threw: ${what.split('\n').slice(0, 4).join(' | ')}`);
    });
    this.trace = new Trace(options.keep, () => this.scheduler.now);
    const plan = makePlan(this.random, options.bug);
    this.plan = options.hosts ? withHosts(plan, new RandomSource(seed ^ HOSTS_SEED)) : plan;
    this.ids = new SimIds(seed, this.random);
    this.ledger = new Ledger((rule, what) => {
      this.broken(rule, what);
    });
    this.broker = new SimBroker(this);
    this.transactions = new Transactions(this.scheduler, this.life);
    this.guesses = new Guesses(this);
    const { cluster } = this.plan;
    const count = cluster?.hosts ?? 1;
    this.hosts = Array.from({ length: count }, (_, i) => new SimHost(this, i, cluster === null));
    store.begin(seed, this.serverClock(this.life));
    if (cluster === null) return;
    // Of the history before, hosts would be left, and people online.
    store.crashWriter();
    store.writer(true);
    this.#sharedReads = sharedReads(store, this);
  }

  /** The store as it is now. */
  get reads(): Reads {
    return this.#sharedReads ?? this.store.reads;
  }

  /** As a thread of this host asks. */
  queries(host: SimHost, life: Life): Queries {
    return this.plan.cluster === null ? this.store.queries : remoteQueries(this, host, life);
  }

  /** Where the load balancer sends somebody: to any host that runs, as far as it knows. */
  anyHost(): SimHost {
    const [only] = this.hosts;
    if (only !== undefined && this.hosts.length === 1) return only;
    const running = this.hosts.filter(({ server }) => server !== undefined);
    return this.random.pick(running.length === 0 ? this.hosts : running);
  }

  broken(rule: string, what: string): void {
    this.trace.note(`BROKEN ${rule} ${what}`);
    this.violations.push({ rule, what });
  }

  /** Of the server's machine, as one of its threads reads it. */
  serverClock(life: Life): Clock {
    return this.scheduler.clock(life, () => this.skewMs);
  }

  /** Of the network, one way. */
  latency(): number {
    const { latencyMs } = this.plan;
    return this.random.chance(0.9) ? this.random.next() * latencyMs : this.random.next() * 5 * latencyMs;
  }

  /** Between two threads. */
  hop(): number {
    const { hopMs } = this.plan;
    return this.random.chance(0.95) ? this.random.next() * hopMs : this.random.next() * 40 * hopMs;
  }

  copyStore(): void {
    this.trace.note('the store is copied');
    this.#copy = { store: this.store.copy(), ledger: this.ledger.copy() };
  }

  /** The server dies, and what is copied is all there is; it starts again after `endOutage`. */
  putStoreBack(renews: boolean): void {
    if (this.#copy === undefined) throw new Error('nothing was copied');
    for (const host of this.hosts) host.crash();
    this.isOut = true;
    this.restored = true;
    this.trace.note(`the store is put back${renews ? ' as a new history' : ''}`);
    for (const id of this.ledger.ended.keys()) this.endedOnce.add(id);
    for (const id of this.ledger.deleted.keys()) this.deletedOnce.add(id);
    for (const [id, pair] of this.ledger.conversations) this.lostConversations.set(id, pair);
    for (const id of this.ledger.putBack(this.#copy.ledger)) this.lost.add(id);
    this.store.putBack(this.#copy.store, renews);
    // What is still under way to them is of before.
    for (const device of this.devices) device.connection?.observer?.retire();
  }

  endOutage(): void {
    this.isOut = false;
    this.startHosts();
  }

  startHosts(): void {
    for (const host of this.hosts) host.start();
  }

  /** The history is over: everything in it ends. */
  end(): void {
    for (const device of this.devices) device.life.alive = false;
    for (const { server } of this.hosts) server?.threads.stop();
    this.life.alive = false;
  }

  /** People and their devices, before the server starts. */
  populate(): void {
    const writer = this.store.writer(true);
    const { random, ids } = this;
    for (let i = 0; i < this.plan.people; i += 1) {
      // Names are for ever, over all histories of a store, and choose a shard: from the seed alone.
      const person = { id: ids.person(), username: `p${String(this.seed)}.${String(i)}` };
      this.people.push(person);
      const count = random.pick([1, 1, 2, 3]);
      for (let n = 0; n < count; n += 1) {
        const sessionId = ids.next();
        const session = {
          id: sessionId,
          refreshHash: new TextEncoder().encode(sessionId),
          ttlMs: TTL_MS,
          ipAddress: '192.0.2.1',
          userAgent: '',
        };
        const { id, username } = person;
        const [outcome] =
          n === 0
            ? writer.commit([
                {
                  type: 'registerUser',
                  input: { id, username, passwordHash: 'hash', session, inviteHash: null, signups: null },
                },
              ])
            : writer.commit([
                { type: 'openSession', input: { userId: id, session, verifiedHash: 'hash', rehash: null } },
              ]);
        if (outcome?.ok !== true) throw new Error(`not registered: ${JSON.stringify(outcome)}`);
        const name = `${String.fromCharCode(65 + i)}${String(n + 1)}`;
        this.devices.push(new Device(this, name, { userId: id, username, sessionId }));
      }
    }
  }
}
