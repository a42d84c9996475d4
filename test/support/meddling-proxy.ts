import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Scope } from './temp-dir.ts';

/** What becomes of a request to open a WebSocket: passed on, answered 403, or cut off without an answer. */
export type Upgrades = 'pass' | 'refuse' | 'drop';
/** An answer in the server's place; `cut`: the connection ends without one. */
export type Instead = { readonly status: number; readonly body: string } | 'cut';

/** Stands between a browser and the server, passes HTTP on as it came, and meddles as a test tells it. */
export class MeddlingProxy {
  upgrades: Upgrades = 'pass';
  /** By path; null passes the request on. */
  instead: (path: string) => Instead | null = () => null;
  readonly url: string;
  readonly #target: URL;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, target: string) {
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    this.#target = new URL(target);
  }

  static async start(scope: Scope, target: { readonly url: string }): Promise<MeddlingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const proxy = new MeddlingProxy(server, target.url);
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
      proxy.#pass(asked, answer);
    });
    server.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      proxy.#upgrade(asked, socket, head);
    });
    scope.after(async () => {
      proxy.cutSockets();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return proxy;
  }

  /** Ends every WebSocket there is. */
  cutSockets(): void {
    for (const socket of this.#open) socket.destroy();
    this.#open.clear();
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const instead = this.instead(new URL(asked.url ?? '/', this.url).pathname);
    if (instead === 'cut') {
      asked.socket.destroy();
      return;
    }
    if (instead !== null) {
      answer.writeHead(instead.status, { 'content-type': 'text/html', 'cache-control': 'no-store' });
      answer.end(instead.body);
      return;
    }
    const { hostname, port } = this.#target;
    const passed = request(
      { hostname, port, method: asked.method, path: asked.url, headers: asked.headers, agent: false },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      },
    );
    passed.on('error', () => {
      answer.destroy();
    });
    asked.pipe(passed);
  }

  #upgrade(asked: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined);
    if (this.upgrades === 'drop') {
      socket.destroy();
      return;
    }
    if (this.upgrades === 'refuse') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const lines = [`${asked.method ?? 'GET'} ${asked.url ?? '/'} HTTP/1.1`];
    for (let at = 0; at < asked.rawHeaders.length; at += 2)
      lines.push(`${asked.rawHeaders[at] ?? ''}: ${asked.rawHeaders[at + 1] ?? ''}`);
    server.write(`${lines.join('\r\n')}\r\n\r\n`);
    server.write(head);
    server.pipe(socket);
    socket.pipe(server);
    this.#open.add(socket);
    const end = (): void => {
      socket.destroy();
      server.destroy();
      this.#open.delete(socket);
    };
    for (const side of [socket, server]) side.on('close', end).on('error', end);
  }
}
