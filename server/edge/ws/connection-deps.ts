import type { ConnectionDeps } from '../../actors/connection/open-connection.ts';
import { ConnectionTicks } from '../../actors/connection/connection-ticks.ts';
import { connection } from '../../actors/connection/messages.ts';
import type { ReceiptWriter } from '../../actors/connection/receipt-writer.ts';
import { Quarantine } from '../../actors/quarantine/quarantine.ts';
import type { MessageTracer } from '../../actors/tracing/message-tracer.ts';
import type { Config } from '../../config/config.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { Queries } from '../../storage/reads.ts';
import type { FrameTimes } from '../ops/frame-times.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Connections } from './connections.ts';
import type { LocationCache } from './location-cache.ts';
import type { OpeningTurns } from './opening-turns.ts';
import { SendRate, SIGNALS_BURST, SIGNALS_PER_S } from './send-rate.ts';

interface ConnectionOptions {
  readonly config: Config;
  readonly host: Host;
  readonly queries: Queries;
  readonly tracer: MessageTracer;
  readonly clock: Clock;
  readonly log: Logger;
}
interface EdgeParts {
  readonly connections: Connections;
  readonly locations: LocationCache;
  readonly sends: SendRate;
  readonly metrics: Metrics;
  readonly frames: FrameTimes;
  readonly receipts: ReceiptWriter;
  readonly openingTurns: OpeningTurns;
}

/** What all connections share. */
export const connectionDeps = (
  { config, host, queries, tracer, clock, log }: ConnectionOptions,
  { connections, locations, sends, metrics, frames, receipts, openingTurns }: EdgeParts,
): ConnectionDeps => {
  const signals = new SendRate(SIGNALS_PER_S, SIGNALS_BURST, clock);
  return {
    heartbeatS: config.heartbeatS,
    ticks: new ConnectionTicks(clock, config.heartbeatS * 1000, (socketId) => {
      host.tell(connection(socketId), { type: 'tick' });
    }),
    locations,
    isCurrent: () => connections.isCurrent,
    readTogether: connections.readTogether,
    openingTurn: openingTurns.take.bind(openingTurns),
    maySend: sends.take,
    receipts,
    quarantine: new Quarantine(clock, (messageId, attempts) => {
      log.error({ messageId, attempts }, 'message.poison');
      host.deadLetters.add('poison', undefined);
    }),
    maySignal: signals.take,
    hasBlock: (conversationId) => queries.hasBlock(conversationId),
    sessionHead: (sessionId) => queries.sessionHead(sessionId),
    history: () => queries.history(),
    messageCursor: (userId, messageId) => queries.messageCursor(userId, messageId),
    onAdmitted: (userId, socketId) => {
      connections.admitted(userId, socketId);
    },
    onVisible: (userId, connection) => {
      connections.setVisible(userId, connection);
    },
    onShown: connections.shown,
    onState: (from, to) => {
      metrics.observeSocket(from, to);
    },
    onHandled: frames.observe,
    tracer,
    onRefused: (code) => {
      metrics.observeRefusal(code);
    },
    onClosed: (code) => {
      metrics.observeClose(code);
    },
  };
};
