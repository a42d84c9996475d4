import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { freePort } from '../../perf/machine/free-port.ts';
import { within } from './deadline.ts';
import { eventually } from './eventually.ts';
import type { Through } from './http-client.ts';
import { repositoryRoot } from './paths.ts';
import { tempDir, type Scope } from './temp-dir.ts';

/** The name that stands in the files of deploy/. */
export const DOMAIN = 'chat.example.org';
const STOP_MS = 15_000;

/** Where a program is, or null. Debian keeps servers out of an ordinary user's path. */
export const programPath = (name: string): string | null =>
  [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? null;

export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** Certificate and key in one file. */
  readonly both: string;
}

/** A certificate for DOMAIN by an authority of the test's own. */
export const makeCertificates = (scope: Scope): Certificates => {
  const dir = tempDir(scope);
  const at = (name: string): string => join(dir, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'pipe' });
  };
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    ...['req', '-x509', ...fresh, '-days', '2', '-subj', '/CN=Parley test CA'],
    ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
  );
  openssl('req', ...fresh, '-subj', `/CN=${DOMAIN}`, '-keyout', at('key.pem'), '-out', at('request.pem'));
  writeFileSync(at('extensions'), `subjectAltName=DNS:${DOMAIN}\n`);
  openssl(
    ...['x509', '-req', '-days', '2', '-in', at('request.pem'), '-extfile', at('extensions')],
    ...['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-out', at('certificate.pem')],
  );
  writeFileSync(
    at('both.pem'),
    readFileSync(at('certificate.pem'), 'utf8') + readFileSync(at('key.pem'), 'utf8'),
  );
  return {
    ca: readFileSync(at('ca.pem'), 'utf8'),
    certificate: at('certificate.pem'),
    key: at('key.pem'),
    both: at('both.pem'),
  };
};

export type Substitution = readonly [shipped: string | RegExp, mine: string];

/** A file of deploy/ with what a test must change, each of which must stand there. */
export const shippedFile = (name: string, substitutions: readonly Substitution[]): string =>
  substitutions.reduce(
    (text, [shipped, mine]) => {
      const changed = text.replaceAll(
        typeof shipped === 'string' ? shipped : new RegExp(shipped.source, 'gm'),
        () => mine,
      );
      if (changed === text) throw new Error(`deploy/${name} has no ${String(shipped)}`);
      return changed;
    },
    readFileSync(join(repositoryRoot, 'deploy', name), 'utf8'),
  );

/** Sees the connections between a proxy and the server, byte for byte. */
export class Tap {
  readonly port: number;
  readonly #sides = new Set<Socket>();
  #open = 0;
  #closed: Promise<unknown> = Promise.resolve();

  private constructor(port: number) {
    this.port = port;
  }

  static async open(scope: Scope, to: number): Promise<Tap> {
    const port = await freePort();
    const tap = new Tap(port);
    const server = createServer({ allowHalfOpen: true }, (near) => {
      tap.#relay(near, connect({ port: to, host: '127.0.0.1', allowHalfOpen: true }));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    scope.after(() => {
      for (const side of tap.#sides) side.destroy();
      server.close();
    });
    return tap;
  }

  /** Connections that are open between the two. */
  get size(): number {
    return this.#open;
  }

  /** Settles when either side ends the newest connection. */
  get closed(): Promise<unknown> {
    return this.#closed;
  }

  #relay(near: Socket, far: Socket): void {
    this.#open += 1;
    // HAProxy may end a connection with a reset: `once` rejects then, and the connection is closed all the same.
    this.#closed = Promise.race([near, far].map((side) => once(side, 'end').catch(() => undefined)));
    let left = 2;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sides.add(from);
      from.setNoDelay(true).on('error', () => to.destroy());
      from.pipe(to);
      from.once('close', () => {
        this.#sides.delete(from);
        if (from.errored !== null) to.destroy();
        left -= 1;
        if (left === 0) this.#open -= 1;
      });
    }
  }
}

export interface ProxyPlace {
  readonly dir: string;
  readonly port: number;
  readonly plainPort: number;
  /** `host:port` of each host. */
  readonly upstreams: readonly string[];
  /** Null: plain HTTP. */
  readonly certificates: Certificates | null;
}

export interface ProxyKind {
  readonly name: string;
  readonly program: string;
  /** Writes what the program needs into `dir`; returns its arguments. */
  readonly configure: (at: ProxyPlace) => readonly string[];
}

export interface ProxyRun {
  readonly pid: number;
  readonly output: string;
}

/** Starts a proxy, and waits until it listens. */
export const startProxy = async (
  scope: Scope,
  kind: ProxyKind,
  { port, upstreams, certificates }: Pick<ProxyPlace, 'port' | 'upstreams' | 'certificates'>,
): Promise<ProxyRun> => {
  const dir = tempDir(scope);
  // Some drop their rights and then still want to read.
  chmodSync(dir, 0o755);
  mkdirSync(join(dir, 'logs'));
  const args = kind.configure({ dir, port, plainPort: await freePort(), upstreams, certificates });
  const child = spawn(programPath(kind.program) ?? kind.program, args, {
    cwd: dir,
    env: { ...env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = { pid: child.pid ?? 0, output: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (run.output += text));
  const exited = once(child, 'exit');
  scope.after(async () => {
    child.kill('SIGTERM');
    await within(STOP_MS, `${kind.name} to end`, exited);
  });
  await eventually(`${kind.name} to listen`, async () => {
    if (child.exitCode !== null) throw new Error(`${kind.name} ended:\n${run.output}`);
    return await canConnect(port);
  });
  return run;
};

/** A proxy of one kind on ports of its own, in front of one host or several. */
export class TlsProxy {
  readonly port: number;
  readonly certificates: Certificates;
  readonly #run: ProxyRun;

  private constructor(port: number, certificates: Certificates, run: ProxyRun) {
    this.port = port;
    this.certificates = certificates;
    this.#run = run;
  }

  static async start(
    scope: Scope,
    kind: ProxyKind,
    port: number,
    upstreams: readonly string[],
    certificates: Certificates,
  ): Promise<TlsProxy> {
    return new TlsProxy(port, certificates, await startProxy(scope, kind, { port, upstreams, certificates }));
  }

  get output(): string {
    return this.#run.output;
  }

  get host(): string {
    return `${DOMAIN}:${String(this.port)}`;
  }

  /** How a client on this address of the loopback network reaches it. */
  from(localAddress: string): { url: string; socketUrl: string; through: Through } {
    return {
      url: `https://${this.host}`,
      socketUrl: `wss://${this.host}/ws`,
      through: {
        ca: this.certificates.ca,
        localAddress,
        lookup: (_name, options, done) => {
          if (options.all === true)
            (done as unknown as (e: null, all: object[]) => void)(null, [
              { address: '127.0.0.1', family: 4 },
            ]);
          else done(null, '127.0.0.1', 4);
        },
      },
    };
  }
}

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
