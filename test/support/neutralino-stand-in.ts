import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { desktopConfig as config } from './desktop-config.ts';
import { inRepository } from './desktop-app.ts';
import { desktopPortFree } from './desktop-port.ts';
import type { Scope } from './temp-dir.ts';

export interface NativeCall {
  readonly method: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface Asked {
  readonly id: string;
  readonly method: string;
  readonly accessToken: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'application/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const TOKEN = `${'t'.repeat(47)}.${'c'.repeat(48)}`;
const HOST = '127.0.0.1';

/** Stands where the Neutralino binary would, for a page in Chromium: the same origin, headers, values, socket and rights, read
 *  from the same configuration. It opens nothing and shows nothing; it writes down what it was asked. The real thing is
 *  tried in `desktop-window.test.ts`. */
export class NeutralinoStandIn {
  readonly url = `http://${HOST}:${String(config.port)}/`;
  readonly calls: NativeCall[] = [];
  readonly refused: string[] = [];
  /** How this start was called; a launcher adds that files are private. */
  args: readonly string[] = ['parley', '--parley-private-files', '--parley-tray'];
  /** The working directory, of which the program tells its page. */
  folder = "/home/o'brien";
  system = 'Linux';
  #tokenGiven = false;
  readonly #slow = new Map<string, Promise<boolean>>();
  readonly #sockets = new Set<WebSocket>();

  static async start(scope: Scope): Promise<NeutralinoStandIn> {
    await desktopPortFree();
    const standIn = new NeutralinoStandIn();
    const server = createServer((request, response) => {
      standIn.#serve(request, response);
    });
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => {
      standIn.#connected(socket, request.url ?? '');
    });
    scope.after(async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, HOST, resolve);
    });
    return standIn;
  }

  /** As when the program is started anew: a token is to be had once more. */
  again(): void {
    this.#tokenGiven = false;
    this.calls.length = 0;
  }

  called(method: string): readonly Readonly<Record<string, unknown>>[] {
    return this.calls.filter((call) => call.method === method).map(({ data }) => data);
  }

  /** An event of the program, to its page. */
  tell(event: string, data: unknown = null): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ event, data }));
  }

  /** The system takes its time over a call, and then grants or refuses what was asked with it until now. */
  delay(method: string): (isGranted: boolean) => void {
    let answer: (isGranted: boolean) => void = () => undefined;
    const answered = new Promise<boolean>((resolve) => (answer = resolve));
    this.#slow.set(method, answered);
    return (isGranted) => {
      this.#slow.delete(method);
      answer(isGranted);
    };
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(config.serverHeaders)) response.setHeader(name, value);
    const path = new URL(request.url ?? '/', this.url).pathname;
    if (path.endsWith('__neutralino_globals.js')) {
      response.setHeader('Content-Type', 'application/javascript').end(this.#globals());
      return;
    }
    const file = join(inRepository(config.documentRoot), path === '/' ? 'index.html' : path);
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  }

  #globals(): string {
    const token = this.#tokenGiven ? '' : TOKEN;
    this.#tokenGiven = true;
    // Folders stand there as they are, apostrophes and all.
    return (
      `var NL_OS='${this.system}';var NL_PORT=${String(config.port)};var NL_TOKEN='${token}';` +
      `var NL_CWD='${this.folder}';var NL_ARGS=${JSON.stringify(this.args)};var NL_PATH='${this.folder}';`
    );
  }

  #connected(socket: WebSocket, url: string): void {
    if (new URL(url, this.url).searchParams.get('connectToken') !== TOKEN.split('.')[1]) {
      socket.terminate();
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('message', (text: Buffer) => {
      const asked = JSON.parse(text.toString()) as Asked;
      void this.#reply(socket, asked);
    });
  }

  async #reply(socket: WebSocket, asked: Asked): Promise<void> {
    const { id, method } = asked;
    const answer = this.#answer(asked);
    const isGranted = (await this.#slow.get(method)) ?? true;
    const refusal = { error: { code: 'NE_OS_REFUSED', message: `the system refused ${method}` } };
    socket.send(JSON.stringify({ id, method, data: isGranted ? answer : refusal }));
  }

  #answer({ method, accessToken, data }: Asked): unknown {
    if (accessToken !== TOKEN) return { error: { code: 'NE_RT_INVTOKN', message: 'wrong token' } };
    if (!config.nativeAllowList.includes(method)) {
      this.refused.push(method);
      return { error: { code: 'NE_RT_NATPRME', message: `no permission for ${method}` } };
    }
    this.calls.push({ method, data: data ?? {} });
    return { success: true };
  }
}
