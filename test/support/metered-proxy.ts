import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Scope } from './temp-dir.ts';

interface Trigger {
  readonly bytes: number;
  readonly act: (client: Socket, upstream: Socket) => void;
  readonly done: (passed: number) => void;
}

/** An answer that lets the client use its connection once. A browser that loses a connection which it has used before sends its request once more by
 *  itself, from the first byte. */
const usedOnce = (data: Buffer): Buffer => {
  const [line = ''] = data.toString('latin1', 0, 64).split('\r\n', 1);
  if (!/^HTTP\/1\.1 [2-5]/.test(line)) return data;
  const head = Buffer.from(`${line}\r\nConnection: close`, 'latin1');
  return Buffer.concat([head, data.subarray(line.length)]);
};

/** Stands between a client and a server, counts what the client sends, and stops one connection in the middle. */
export class MeteredProxy {
  readonly url: string;
  /** Bytes that clients have sent through it. */
  sent = 0;
  #trigger: Trigger | null = null;

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${String(port)}`;
  }

  static async start(scope: Scope, target: { host: string; port: number }): Promise<MeteredProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const proxy = new MeteredProxy((server.address() as AddressInfo).port);
    const open = new Set<Socket>();
    server.on('connection', (client) => {
      const upstream = connect(target);
      for (const [side, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        open.add(side);
        side.on('error', () => side.destroy());
        // What the other side was given before still arrives there.
        side.on('close', () => {
          open.delete(side);
          other.end();
        });
      }
      proxy.#pass(client, upstream);
    });
    scope.after(async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return proxy;
  }

  /** Loses the first connection that carries this many bytes. Resolves with how many the server gets. The client hears of it when the server
   *  has read them all: one that came back before would find that the server, if it is busy, has less than was sent. */
  loseAfter(bytes: number): Promise<number> {
    return this.#once(bytes, (client, upstream) => {
      client.pause();
      upstream.end();
      upstream.once('close', () => client.destroy());
    });
  }

  /** Hears no more of that connection, not even that it is closed: to the server it looks open. Likewise. */
  holdAfter(bytes: number): Promise<number> {
    return this.#once(bytes, (client) => client.pause());
  }

  #once(bytes: number, act: Trigger['act']): Promise<number> {
    return new Promise((done) => {
      this.#trigger = { bytes, act, done };
    });
  }

  #pass(client: Socket, upstream: Socket): void {
    let passed = 0;
    client.on('data', (data) => {
      passed += data.byteLength;
      this.sent += data.byteLength;
      upstream.write(data);
      if (this.#trigger === null || passed < this.#trigger.bytes) return;
      const { act, done } = this.#trigger;
      this.#trigger = null;
      act(client, upstream);
      done(passed);
    });
    upstream.on('data', (data) => client.write(usedOnce(data)));
  }
}
