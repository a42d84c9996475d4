import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Scope } from '../../test/support/temp-dir.ts';

/** Where no balancer is installed: gives each connection to the next host that takes it. The hosts see its address in place of the
 *  client's. */
export const roundRobin = async (
  scope: Scope,
  port: number,
  hosts: readonly { readonly url: string }[],
): Promise<void> => {
  const open = new Set<Socket>();
  let next = 0;
  const pass = (client: Socket, attempts: number): void => {
    const { hostname, port: hostPort } = new URL(hosts[next % hosts.length]?.url ?? '');
    next += 1;
    const host = connect(Number(hostPort), hostname);
    let isConnected = false;
    host.once('connect', () => {
      isConnected = true;
      open.add(host);
      client.pipe(host).pipe(client);
    });
    host.on('error', () => {
      if (!isConnected && attempts > 1) pass(client, attempts - 1);
      else client.destroy();
    });
    host.once('close', () => {
      open.delete(host);
      if (isConnected) client.destroy();
    });
    client.once('close', () => {
      host.destroy();
    });
  };
  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => client.destroy());
    client.once('close', () => open.delete(client));
    pass(client, hosts.length);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  scope.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
};
