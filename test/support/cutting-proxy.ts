import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Scope } from './temp-dir.ts';

/** `before`: the bytes with the word do not reach the server. `after`: they do, and its answer does not come back. */
export type Cut = { readonly word: string; readonly when: 'before' | 'after' } | null;

/** Stands between a client and a server, and cuts the connection that says a certain word. */
export class CuttingProxy {
  cut: Cut = null;
  readonly port: number;
  readonly #clients = new Set<Socket>();

  private constructor(port: number) {
    this.port = port;
  }

  /** `target`: what `connect` of node:net takes. */
  static async start(
    scope: Scope,
    target: { path: string } | { host: string; port: number },
  ): Promise<CuttingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const proxy = new CuttingProxy((server.address() as AddressInfo).port);
    const open = new Set<Socket>();
    server.on('connection', (client) => {
      proxy.#clients.add(client);
      const upstream = connect(target);
      const end = (): void => {
        client.destroy();
        upstream.destroy();
      };
      for (const side of [client, upstream]) {
        open.add(side);
        side.on('error', end).on('close', end);
      }
      proxy.#pass(client, upstream, end);
    });
    scope.after(async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return proxy;
  }

  /** The connections there are stay open, and nothing that the clients say is heard any more, not even that they hang up. */
  goDark(): void {
    for (const client of this.#clients) client.pause();
  }

  #pass(client: Socket, upstream: Socket, end: () => void): void {
    let isMute = false;
    client.on('data', (bytes) => {
      if (this.cut !== null && bytes.includes(this.cut.word)) {
        if (this.cut.when === 'before') {
          end();
          return;
        }
        isMute = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isMute) end();
      else client.write(bytes);
    });
  }
}
