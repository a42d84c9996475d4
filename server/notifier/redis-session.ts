import { createClient } from '@redis/client';
import type { RedisBroker } from './broker-options.ts';
import { CONNECT_WITHIN_MS, type BrokerSession, type OpenBrokerSession } from './notifier.ts';

const clientOf = ({ host, port, user, password, isEncrypted }: RedisBroker) =>
  createClient({
    socket: {
      host,
      port,
      connectTimeout: CONNECT_WITHIN_MS,
      // While the server answers the probes, nothing is silent for so long. This also ends a login that is not answered.
      socketTimeout: CONNECT_WITHIN_MS,
      reconnectStrategy: false,
      ...(isEncrypted ? { tls: true } : {}),
    },
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    // What there is since Redis 6 and in all that speak its protocol.
    RESP: 2,
    disableClientInfo: true,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
  });
type Client = ReturnType<typeof clientOf>;

/** PUBLISH and SUBSCRIBE: a connection that is subscribed may do nothing else. */
export const openRedisSession =
  (broker: RedisBroker, channel: string): OpenBrokerSession =>
  async ({ onNotice, onLost }) => {
    const clients = [clientOf(broker), clientOf(broker)] as const;
    const [subscriber, publisher] = clients;
    for (const client of clients)
      client.on('error', (error: Error) => {
        onLost(error.message);
      });
    try {
      await Promise.all(clients.map((client) => client.connect()));
      await subscriber.subscribe(channel, onNotice, true);
      return sessionOf(subscriber, publisher, channel);
    } catch (error) {
      clients.forEach(end);
      throw error;
    }
  };

const sessionOf = (subscriber: Client, publisher: Client, channel: string): BrokerSession => ({
  send: async (packets) => {
    await Promise.all(packets.map((bytes) => publisher.publish(channel, Buffer.from(bytes))));
  },
  probe: async () => {
    await Promise.all([subscriber.ping(), publisher.ping()]);
  },
  end: () => {
    end(subscriber);
    end(publisher);
  },
});

const end = (client: Client): void => {
  if (client.isOpen) client.destroy();
};
