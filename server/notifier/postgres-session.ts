import type { BrokerSession, OpenBrokerSession } from './notifier.ts';

/** One connection to the primary. The store makes it: it knows the hosts, the password and how to tell a standby. */
export interface NotificationConnection {
  /** @throws when the server refuses, or does not answer in time; the connection is lost then. */
  send(text: string, values?: readonly unknown[]): Promise<unknown>;
  set onNotification(onNotification: (payload: string) => void);
  set onLost(onLost: (reason: Error) => void);
  /** Closes the socket and nothing else. */
  drop(): void;
}
export type OpenNotificationConnection = () => Promise<NotificationConnection>;

/** One transaction for many. It writes nothing but its notifications, so it holds no locks of rows while it has the one on the queue,
 *  which there is once in the whole database system. */
const NOTIFY = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload';

/** LISTEN and NOTIFY, each on a connection of its own: whoever listens must not wait for what is sent. */
export const openPostgresSession =
  (connect: OpenNotificationConnection, channel: string): OpenBrokerSession =>
  async ({ onNotice, onLost }) => {
    const listener = await connect();
    try {
      listener.onNotification = (payload) => {
        onNotice(Buffer.from(payload, 'base64'));
      };
      await listener.send(`LISTEN ${quoted(channel)}`);
      const sender = await connect();
      for (const connection of [listener, sender])
        connection.onLost = ({ message }) => {
          onLost(message);
        };
      return sessionOf(listener, sender, channel);
    } catch (error) {
      listener.drop();
      throw error;
    }
  };

const sessionOf = (
  listener: NotificationConnection,
  sender: NotificationConnection,
  channel: string,
): BrokerSession => ({
  send: async (packets) => {
    await sender.send(NOTIFY, [channel, packets.map((bytes) => Buffer.from(bytes).toString('base64'))]);
  },
  probe: async () => {
    await Promise.all([listener.send('SELECT 1'), sender.send('SELECT 1')]);
  },
  end: () => {
    listener.drop();
    sender.drop();
  },
});

const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
