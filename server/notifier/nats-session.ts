import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NatsBroker } from './broker-options.ts';
import { CONNECT_WITHIN_MS, type BrokerSession, type OpenBrokerSession } from './notifier.ts';

/** Core NATS: no JetStream, nothing is stored. */
export const openNatsSession =
  (broker: NatsBroker, channel: string): OpenBrokerSession =>
  async ({ onNotice, onLost }) => {
    const connection = await connect({
      servers: [...broker.servers],
      ...credentialsOf(broker),
      ...(broker.isEncrypted ? { tls: {} } : {}),
      name: channel,
      timeout: CONNECT_WITHIN_MS,
      reconnect: false,
      // Otherwise it would also go to servers that only the broker knows.
      ignoreClusterUpdates: true,
    });
    void connection.closed().then((error) => {
      onLost(error?.message ?? 'the connection was closed');
    });
    connection.subscribe(channel, {
      callback: (error, message) => {
        if (error === null) onNotice(message.data);
        else {
          onLost(error.message);
        }
      },
    });
    // Only now is it certain that the broker knows of the subscription.
    await connection.flush();
    return sessionOf(connection, channel);
  };

const sessionOf = (connection: NatsConnection, channel: string): BrokerSession => ({
  send: async (packets) => {
    for (const bytes of packets) connection.publish(channel, bytes);
    await connection.flush();
  },
  probe: () => connection.flush(),
  end: () => {
    void connection.close();
  },
});

const credentialsOf = ({ user, password }: NatsBroker) => {
  if (user === null) return {};
  return password === null ? { token: user } : { user, pass: password };
};
