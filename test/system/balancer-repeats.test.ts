import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { freePort } from '../../perf/machine/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { BALANCERS } from '../support/proxy-kinds.ts';
import { count, testInExtended } from '../support/scale.ts';
import { programPath, startProxy } from '../support/tls-proxy.ts';

const POSTS = 12;

/** What a host does with a request that it has received. */
type Fate = 'answered' | 'refused' | 'cut off';

/** Stands in for a host, so that it can die at the worst moment. */
class StandIn {
  fate: Fate = 'answered';
  /** Requests received, those about its readiness apart. */
  readonly received: string[] = [];
  readonly address: string;

  private constructor(port: number) {
    this.address = `127.0.0.1:${String(port)}`;
  }

  static async start(t: TestContext): Promise<StandIn> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const host = new StandIn((server.address() as AddressInfo).port);
    server.on('request', (request, response) => {
      host.#take(request, response);
    });
    return host;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/readyz') {
      response.end('{"ok":true}');
      return;
    }
    this.received.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (this.fate === 'cut off') request.socket.destroy();
    else response.writeHead(this.fate === 'answered' ? 200 : 503).end();
  }
}

const FATES = { 'cut off': 'dies of it', refused: 'refuses it' } as const;

for (const kind of Object.values(BALANCERS)) {
  const skip = programPath(kind.program) === null ? `NOT RUN: ${kind.program} is not installed` : false;
  for (const [fate, words] of Object.entries(FATES) as [keyof typeof FATES, string][])
    testInExtended(
      `deploy/cluster/: ${kind.name} sends a POST once, even if the host ${words}`,
      { skip },
      async (t) => {
        const hosts = await Promise.all([StandIn.start(t), StandIn.start(t), StandIn.start(t)]);
        const [ill] = hosts;
        const port = await freePort();
        const upstreams = hosts.map(({ address }) => address);
        await startProxy(t, kind, { port, upstreams, certificates: null });
        const ask = async (method: string, path: string): Promise<number> => {
          const url = `http://127.0.0.1:${String(port)}${path}`;
          const question = { foreign: true, ...(method === 'POST' && { body: {} }) };
          return (await http(method, url, question)).status;
        };
        await eventually('it to reach a host', async () => (await ask('GET', '/')) === 200);
        ill.fate = fate;
        const statuses: number[] = [];
        for (let i = 0; i < POSTS; i += 1) {
          const post = `POST /${String(i)}`;
          const status = await ask('POST', `/${String(i)}`);
          statuses.push(status);
          const times = hosts.flatMap(({ received }) => received.filter((each) => each === post)).length;
          assert.equal(times, 1, post);
          assert.equal(status === 200, !ill.received.includes(post), `${post}: ${String(status)}`);
        }
        count(t, `${kind.name}, posts, ${fate}`, { statuses: statuses.join(' ') });
        assert.ok(
          statuses.some((status) => status >= 500),
          'it was never asked',
        );
        // A GET goes on to another host.
        if (fate === 'cut off')
          for (let i = 0; i < POSTS; i += 1) assert.equal(await ask('GET', `/read/${String(i)}`), 200);
      },
    );
}
