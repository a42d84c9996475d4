import { ReceiptWriter } from '../../server/actors/connection/receipt-writer.ts';
import { chatDirectory } from '../../server/actors/directory.ts';
import { encodePage } from '../../server/actors/connection/encode-page.ts';
import { registerEdgeActors } from '../../server/actors/actor-registry.ts';
import { connection as sessionRef } from '../../server/actors/connection/messages.ts';
import { writer, type WriteQuestion } from '../../server/actors/services/writer.ts';
import type { HelperQuestion } from '../../server/actors/services/helper.ts';
import type { ResumePoint } from '../../server/actors/connection/resume.ts';
import { ConnectionTicks } from '../../server/actors/connection/connection-ticks.ts';
import { Connection, connectionProps } from '../../server/actors/connection/connection.ts';
import type { Identity, TokenQuestion } from '../../server/actors/services/tokens.ts';
import type { ConnectionDeps } from '../../server/actors/connection/open-connection.ts';
import { Quarantine } from '../../server/actors/quarantine/quarantine.ts';
import { Connections } from '../../server/edge/ws/connections.ts';
import { Flusher, Outbound } from '../../server/edge/ws/outbound.ts';
import { LocationCache } from '../../server/edge/ws/location-cache.ts';
import { SendRate } from '../../server/edge/ws/send-rate.ts';
import type { EdgeDeps } from '../../server/edge/deps.ts';
import { CLOSE } from '../../server/protocol/close-codes.ts';
import { ParleyError } from '../../server/protocol/errors.ts';
import { Host } from '../../server/runtime/host.ts';
import type { Asker, ReplyTo } from '../../server/runtime/actor.ts';
import type { Fault } from '../../server/runtime/envelope.ts';
import type { ResumeRequest as ClientResume } from '../../ui/sync/resume.ts';
import { silentLog } from '../support/hosts.ts';
import type { ServerEnd, SimConnection } from './connection.ts';
import type { Life, Process } from './scheduler.ts';
import type { SimHost } from './sim-host.ts';
import { Supervisor } from './supervisor.ts';
import { short } from './trace.ts';
import type { World } from './world.ts';

const HELPER_FAULT: Fault = { code: 'unavailable', detail: 'The server is busy; try again.' };

/** As `resumeQuery` writes it and `upgrade` reads it. */
const claimOf = (from: ClientResume | null): ResumePoint => {
  if (from === null) return { cursor: null };
  const { cursor, history, witness } = from;
  return {
    cursor,
    ...(history === null ? {} : { history }),
    ...(witness.messageId === null
      ? {}
      : { witness: { messageId: witness.messageId, cursor: witness.cursor } }),
  };
};

/** One life of the server at a host: the main thread as `openEdge` and `mountWs` compose it, with its threads. */
export class SimServer {
  readonly process: Process = { isFrozen: false };
  readonly life: Life;
  readonly host: Host;
  readonly connections: Connections;
  readonly deps: EdgeDeps;
  readonly threads: Supervisor;
  readonly #world: World;
  readonly #machine: SimHost;
  readonly #session: ConnectionDeps;
  readonly #flusher = new Flusher();
  readonly open = new Set<SimConnection>();
  /** Connections that wait for the process to accept them. */
  readonly #arriving = new Set<SimConnection>();

  constructor(world: World, machine: SimHost) {
    this.#world = world;
    this.#machine = machine;
    this.life = { name: `${machine.label}edge`, alive: true, process: this.process };
    const { plan, ids } = world;
    const queries = world.queries(machine, this.life);
    const clock = world.serverClock(this.life);
    const directory = chatDirectory(plan.shards);
    const host: Host = new Host({
      thread: 'edge',
      directory,
      sendToThread: (thread, envelope) => this.threads.route(thread, envelope),
      clock,
      ids,
      log: silentLog,
    });
    this.host = host;
    registerEdgeActors(host, plan.loginLimits);
    const places = new LocationCache(queries);
    this.connections = new Connections({
      host,
      clock,
      ids,
      locations: places,
      hostName: 'simulated',
      isShared: plan.cluster !== null,
    });
    this.#session = {
      heartbeatS: plan.heartbeatS,
      ticks: new ConnectionTicks(clock, plan.heartbeatS * 1000, (socketId) => {
        host.tell(sessionRef(socketId), { type: 'tick' });
      }),
      locations: places,
      isCurrent: () => this.connections.isCurrent,
      readTogether: this.connections.readTogether,
      maySend: new SendRate(plan.sendRate, plan.sendBurst, clock).take,
      receipts: new ReceiptWriter(host, clock),
      quarantine: new Quarantine(clock, (messageId) => {
        machine.note(`${short(messageId)} is taken for poison`);
        world.poison.add(messageId);
        if (world.deaths < 3) world.broken('P8', `${messageId} was taken for poison`);
      }),
      hasBlock: (conversationId) => queries.hasBlock(conversationId),
      sessionHead: (sessionId) => queries.sessionHead(sessionId),
      history: () => queries.history(),
      messageCursor: (userId, messageId) => queries.messageCursor(userId, messageId),
      onAdmitted: (userId, socketId) => {
        this.connections.admitted(userId, socketId);
      },
      onVisible: (userId, connection) => {
        this.connections.setVisible(userId, connection);
      },
      onShown: this.connections.shown,
    };
    host.serve('helper', (question: HelperQuestion, asker) => {
      this.#help(question, asker);
    });
    host.serve('tokens', ({ token }: TokenQuestion, asker) => {
      this.#answerLater(asker, () => this.identify(token));
    });
    this.deps = {
      clock,
      ids,
      log: silentLog,
      ask: host.ask,
      tell: host.tell,
      write: (type: string, input: unknown) =>
        host.ask(writer, { type, input } as unknown as WriteQuestion, 10_000) as never,
      read: (name: string, ...args: unknown[]) =>
        host.ask({ address: 'helper:pool' }, { type: 'query', name, args } as never, 10_000),
      readJson: (name: string, ...args: unknown[]) =>
        host.ask({ address: 'helper:pool' }, { type: 'json', name, args } as never, 10_000),
      queries,
      // People here change their profiles as often as they like.
      profileChanges: { take: () => true, giveBack: () => undefined, secondsToWait: () => 0 },
      sends: { take: () => true, giveBack: () => undefined, secondsToWait: () => 0 },
      tokens: { authenticate: (token: string) => this.#authenticate(token) },
    } as unknown as EdgeDeps;
    this.threads = new Supervisor(world, machine, host, this.life, (thread) => {
      this.connections.threadRestarted(thread, directory);
    });
    this.connections.start();
  }

  /** A token is the id of its session here. */
  readonly identify = (token: string): Identity | null => {
    const found = this.#world.store.reads.session(token);
    if (found === null) return null;
    const { userId } = found;
    return { userId, sessionId: token, expiresAt: Number.MAX_SAFE_INTEGER / 2 };
  };

  #authenticate(token: string): Promise<Identity | null> {
    if (this.#machine.isCutFromStore) return Promise.reject(new ParleyError('unavailable', 'not now'));
    return Promise.resolve(this.identify(token));
  }

  /** What a token says by itself. Where the store is behind a network, it is asked when the connection opens. */
  #claimed(token: string): Identity | null {
    if (this.#world.plan.cluster === null) return this.identify(token);
    const device = this.#world.devices.find(({ sessionId }) => sessionId === token);
    const person = this.#world.people.find(({ id }) => id === device?.userId);
    if (person === undefined) return null;
    const { id: userId } = person;
    return { userId, sessionId: token, expiresAt: Number.MAX_SAFE_INTEGER / 2 };
  }

  /** In a step of this process, once it is not frozen. */
  reach(run: () => void): void {
    if (!this.life.alive) return;
    if (this.process.isFrozen) this.#world.scheduler.after(0, run, this.life);
    else this.#world.scheduler.as(this.life, run);
  }

  /** The handshake of a connection has arrived. */
  arrive(connection: SimConnection, token: string, from: ClientResume | null): void {
    this.#arriving.add(connection);
    this.reach(() => {
      this.#arriving.delete(connection);
      // The device has gone before it arrived.
      if (connection.isOver) return;
      this.#accept(connection, token, from);
    });
  }

  /** As `upgrade` and the `open` callback of `mountWs`. */
  #accept(connection: SimConnection, token: string, from: ClientResume | null): void {
    const identity = this.#claimed(token);
    if (identity === null) {
      connection.refused();
      return;
    }
    const { host, connections } = this;
    const socketId = host.ids.next();
    const ref = sessionRef(socketId);
    const outbound = new Outbound(socketId, connection.wire as never, this.#flusher, () => {
      host.tell(ref, { type: 'drained' });
    });
    const session = new Connection(outbound, identity, this.#session);
    const { userId, sessionId } = identity;
    const live = {
      socketId,
      sessionId,
      userId,
      ipAddress: '192.0.2.1',
      ipKey: '192.0.2.1',
      visible: true,
      actor: ref,
      connection: session,
      admitted: false,
    };
    connection.server = this.#end(connection, outbound, live);
    this.open.add(connection);
    this.#seen(userId);
    connection.observer?.opened(identity);
    connection.opened();
    const resume = claimOf(from);
    host.adopt(ref, connectionProps, session);
    if (this.#world.plan.bug === 'replay-before-subscribe') {
      host.tell(ref, { type: 'open', ...resume });
      connection.observer?.whenSynced(() => {
        if (connection.isOpen) connections.opened(live);
      });
      return;
    }
    // Subscribed first, then the log is read: nothing falls between.
    connections.opened(live);
    host.tell(ref, { type: 'open', ...resume });
  }

  /** Whether somebody has a connection that was not closed here. */
  isConnected(userId: string): boolean {
    return [...this.open].some(({ server }) => server?.live.userId === userId);
  }

  #seen(userId: string): void {
    this.#world.seen.set(userId, { server: this, at: this.#world.scheduler.now });
  }

  /** The process ends: nothing of it goes on. */
  bury(): void {
    this.life.alive = false;
    this.threads.buryAll();
    for (const connection of this.open) {
      this.#seen(connection.server?.live.userId ?? '');
      connection.cut(this.#world.latency(), 0);
    }
    this.open.clear();
    for (const connection of this.#arriving) connection.refused();
    this.#arriving.clear();
  }

  #end(connection: SimConnection, outbound: Outbound, live: ServerEnd['live']): ServerEnd {
    const { host, connections } = this;
    const ref = sessionRef(live.socketId);
    const end: ServerEnd = {
      outbound,
      live,
      visible: true,
      received: (text) => {
        if (text.includes('"type":"presence"')) end.visible = text.includes('"online"');
        host.tell(ref, { type: 'frame', text });
      },
      closed: () => {
        this.open.delete(connection);
        this.#seen(live.userId);
        outbound.gone();
        connections.closed(live);
        host.tell(ref, { type: 'close', code: CLOSE.normal, reason: 'gone', revoked: false });
      },
    };
    return end;
  }

  #help(question: HelperQuestion, asker: Asker | undefined): void {
    const { random, plan } = this.#world;
    this.#answerLater(asker, () => {
      if (random.chance(this.#world.calm ? 0 : plan.helperFails)) return undefined;
      switch (question.type) {
        case 'hash':
          return 'hash';
        case 'verify':
          return { ok: this.#world.guesses.verify(question.password), outdated: false };
        default:
          return this.#machine.isCutFromStore ? undefined : this.#read(question);
      }
    });
  }

  #read(question: Extract<HelperQuestion, { type: 'query' | 'json' | 'log' | 'logs' }>): unknown {
    const { reads, plan } = this.#world;
    switch (question.type) {
      case 'query':
      case 'json': {
        const all = reads as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
        const found = all[question.name]?.(...question.args);
        return question.type === 'query' || found === null ? found : JSON.stringify(found);
      }
      case 'log': {
        const { userId, cursor, undeliveredOnly } = question;
        const limit = Math.min(question.limit, plan.pageLimit);
        const page = undeliveredOnly
          ? reads.undelivered(userId, cursor, limit)
          : reads.eventsAfter(userId, cursor, limit);
        return encodePage(page, userId, this.host.ids);
      }
      case 'logs': {
        const { asked } = question;
        const pages = reads.logs(asked, Math.min(question.limit, plan.pageLimit));
        return pages.map((page, i) => encodePage(page, asked[i]?.userId ?? '', this.host.ids));
      }
    }
  }

  /** The work is done at one moment, its answer arrives at a later one. */
  #answerLater(asker: Asker | undefined, work: () => unknown): void {
    const { scheduler } = this.#world;
    scheduler.after(
      this.#world.hop(),
      () => {
        const result = work();
        scheduler.after(
          this.#world.hop(),
          () => {
            if (result === undefined) this.host.fail(asker, HELPER_FAULT);
            else this.host.reply(asker as ReplyTo<unknown> | undefined, result);
          },
          this.life,
        );
      },
      this.life,
    );
  }
}
