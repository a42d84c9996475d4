import { chatDirectory } from '../../server/actors/chat-directory.ts';
import { encodePage } from '../../server/actors/encode-page.ts';
import { registerEdgeActors } from '../../server/actors/actor-registry.ts';
import {
  session as sessionRef,
  writer,
  type HelperQuestion,
  type WriteQuestion,
} from '../../server/actors/refs.ts';
import type { ResumePoint } from '../../server/actors/resume.ts';
import { Session, sessionProps } from '../../server/actors/session.ts';
import type { Identity, SessionDeps, TokenQuestion } from '../../server/actors/session-deps.ts';
import { Quarantine } from '../../server/actors/quarantine.ts';
import { Connections } from '../../server/edge/ws/connections.ts';
import { Flusher, Outbound } from '../../server/edge/ws/outbound.ts';
import { LocationCache } from '../../server/edge/ws/location-cache.ts';
import { SendRate } from '../../server/edge/ws/send-rate.ts';
import type { Services } from '../../server/edge/services.ts';
import { CLOSE } from '../../server/protocol/errors.ts';
import { Host } from '../../server/runtime/host.ts';
import type { ReplyTo } from '../../server/runtime/actor.ts';
import type { Fault } from '../../server/runtime/envelope.ts';
import type { ResumePoint as ClientResume } from '../../ui/state/resume.ts';
import { silentLog } from '../support/hosts.ts';
import type { ServerEnd, SimConnection } from './connection.ts';
import type { Life } from './scheduler.ts';
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

/** One life of the server: the main thread as `openEdge` and `mountWs` compose it, with its threads. */
export class SimServer {
  readonly life: Life = { name: 'edge', alive: true };
  readonly host: Host;
  readonly connections: Connections;
  readonly services: Services;
  readonly threads: Supervisor;
  readonly #world: World;
  readonly #session: SessionDeps;
  readonly #flusher = new Flusher();
  readonly open = new Set<SimConnection>();

  constructor(world: World) {
    this.#world = world;
    const { plan, ids, store } = world;
    const { queries } = store;
    const clock = world.serverClock(this.life);
    const directory = chatDirectory(plan.shards);
    const host: Host = new Host({
      thread: 'edge',
      directory,
      route: (thread, envelope) => this.threads.route(thread, envelope),
      clock,
      ids,
      log: silentLog,
    });
    this.host = host;
    registerEdgeActors(host, queries, plan.loginLimits);
    const places = new LocationCache(queries);
    this.connections = new Connections(host, clock, ids, places);
    this.#session = {
      heartbeatS: plan.heartbeatS,
      locations: places,
      maySend: new SendRate(plan.sendRate, plan.sendBurst, clock).take,
      quarantine: new Quarantine(clock, (messageId) => {
        world.trace.note(`${short(messageId)} is taken for poison`);
        world.poison.add(messageId);
        if (world.deaths < 3) world.broken('P8', `${messageId} was taken for poison`);
      }),
      sessionHead: (sessionId) => queries.sessionHead(sessionId),
      history: () => queries.history(),
      messageCursor: (userId, messageId) => queries.messageCursor(userId, messageId),
      onVisible: (userId, connection) => {
        this.connections.setVisible(userId, connection);
      },
    };
    host.serve('helper', (question: HelperQuestion, replyTo) => {
      this.#help(question, replyTo);
    });
    host.serve('tokens', ({ token }: TokenQuestion, replyTo) => {
      this.#answerLater(replyTo, () => this.identify(token));
    });
    this.services = {
      clock,
      ids,
      log: silentLog,
      ask: host.ask,
      tell: host.tell,
      write: (type: string, input: unknown) =>
        host.ask(writer, { type, input } as unknown as WriteQuestion, 10_000) as never,
      read: (name: string, ...args: unknown[]) =>
        host.ask({ address: 'helper:pool' }, { type: 'query', name, args } as never, 10_000),
      queries,
      tokens: { authenticate: (token: string) => Promise.resolve(this.identify(token)) },
    } as unknown as Services;
    this.threads = new Supervisor(world, host, this.life, true, (thread) => {
      this.connections.threadRestarted(thread, directory);
    });
  }

  /** A token is the id of its session here. */
  readonly identify = (token: string): Identity | null => {
    const found = this.#world.store.queries.session(token);
    if (found === null) return null;
    const { userId, username } = found;
    return { userId, username, sessionId: token, expiresAt: Number.MAX_SAFE_INTEGER / 2 };
  };

  /** As `upgrade` and the `open` callback of `mountWs`. */
  accept(connection: SimConnection, token: string, from: ClientResume | null): void {
    const identity = this.identify(token);
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
    const { userId, sessionId } = identity;
    const live = {
      socketId,
      sessionId,
      userId,
      ipAddress: '192.0.2.1',
      ipKey: '192.0.2.1',
      visible: true,
      session: ref,
    };
    connection.server = this.#end(connection, outbound, live);
    this.open.add(connection);
    connection.observer?.opened(identity);
    connection.opened();
    const resume = claimOf(from);
    host.adopt(ref.address, sessionProps, new Session(outbound, identity, this.#session));
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

  /** The process ends: nothing of it goes on. */
  bury(): void {
    this.life.alive = false;
    this.threads.buryAll();
    for (const connection of this.open) connection.cut(this.#world.latency(), 0);
    this.open.clear();
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
        outbound.gone();
        connections.closed(live);
        host.tell(ref, { type: 'close', code: CLOSE.normal, reason: 'gone', revoked: false });
      },
    };
    return end;
  }

  #help(question: HelperQuestion, replyTo: ReplyTo | undefined): void {
    const { random, plan, store } = this.#world;
    this.#answerLater(replyTo, () => {
      if (random.chance(this.#world.calm ? 0 : plan.helperFails)) return undefined;
      switch (question.type) {
        case 'hash':
          return 'hash';
        case 'verify':
          return { ok: true, outdated: false };
        case 'query': {
          const all = store.queries as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
          return all[question.name]?.(...question.args);
        }
        case 'log': {
          const { userId, cursor, undeliveredOnly } = question;
          const limit = Math.min(question.limit, plan.pageLimit);
          const page = undeliveredOnly
            ? store.queries.undelivered(userId, cursor, limit)
            : store.queries.eventsAfter(userId, cursor, limit);
          return encodePage(page, userId, this.host.ids);
        }
      }
    });
  }

  /** The work is done at one moment, its answer arrives at a later one. */
  #answerLater(replyTo: ReplyTo | undefined, work: () => unknown): void {
    const { scheduler } = this.#world;
    scheduler.after(
      this.#world.hop(),
      () => {
        const result = work();
        scheduler.after(
          this.#world.hop(),
          () => {
            if (replyTo === undefined) return;
            if (result === undefined)
              this.host.answer({ k: 'fault', token: replyTo.token, fault: HELPER_FAULT }, replyTo);
            else this.host.answer({ k: 'reply', token: replyTo.token, result }, replyTo);
          },
          this.life,
        );
      },
      this.life,
    );
  }
}
