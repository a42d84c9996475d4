import type { Clock } from '../runtime/clock.ts';
import { noticeChannel, type Broker } from './broker-options.ts';
import type { Notifier, NotifierEvents, OpenBrokerSession } from './notifier.ts';
import type { OpenNotificationConnection } from './postgres-session.ts';
import { ReconnectingNotifier } from './reconnecting-notifier.ts';

export interface NotifierOptions {
  readonly broker: Broker;
  /** Hosts hear each other if they have the same. */
  readonly prefix: string;
  readonly clock: Clock;
  /** How to reach the database, which is the broker if none other is named. */
  readonly connectToDatabase: OpenNotificationConnection;
}

/** Connects in the background: a server starts without its broker, and goes on without it. */
export const openNotifier = (options: NotifierOptions, events: NotifierEvents): Notifier =>
  options.broker.kind === 'none'
    ? silentNotifier()
    : new ReconnectingNotifier(sessionOpener(options), events, options.clock);

/** Loads the one library that is needed, when it is needed. */
const sessionOpener = ({ broker, prefix, connectToDatabase }: NotifierOptions): OpenBrokerSession => {
  const channel = noticeChannel(prefix);
  return async (events) => {
    switch (broker.kind) {
      case 'nats':
        return (await import('./nats-session.ts')).openNatsSession(broker, channel)(events);
      case 'redis':
        return (await import('./redis-session.ts')).openRedisSession(broker, channel)(events);
      case 'postgres':
        return (await import('./postgres-session.ts')).openPostgresSession(
          connectToDatabase,
          channel,
        )(events);
      case 'none':
        throw new Error('no broker is configured');
    }
  };
};

/** No broker. Nothing gets through, and the sequence reports that as it would a broker that is down. */
const silentNotifier = (): Notifier => {
  let dropped = 0;
  return {
    publish: () => {
      dropped += 1;
    },
    get stats() {
      return { isAlive: false, published: 0, dropped, heard: 0, connects: 0, failedConnects: 0, losses: 0 };
    },
    close: () => Promise.resolve(),
  };
};
