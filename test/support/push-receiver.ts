import { execFileSync } from 'node:child_process';
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  type ECDH,
} from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { tempDir, type Scope } from './temp-dir.ts';
import { WaitingList } from './waiting-list.ts';

/** A push as it arrived. */
export interface ReceivedPush {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface PushReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The keys of a browser. Decrypts by RFC 8291 and RFC 8188 alone, without the library that the server encrypts with. */
export class BrowserKeys {
  readonly #curve: ECDH;
  readonly #auth: Buffer;

  constructor(privateKey?: Buffer, auth: Buffer = randomBytes(16)) {
    this.#curve = createECDH('prime256v1');
    if (privateKey === undefined) this.#curve.generateKeys();
    else this.#curve.setPrivateKey(privateKey);
    this.#auth = auth;
  }

  get keys(): { readonly p256dh: string; readonly auth: string } {
    return { p256dh: this.#curve.getPublicKey('base64url'), auth: this.#auth.toString('base64url') };
  }

  /** The text of a push. Throws for everything that a browser would not accept. */
  decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const recordSize = body.readUInt32BE(16);
    const sender = body.subarray(21, 21 + body.readUInt8(20));
    const record = body.subarray(21 + sender.length);
    if (body.length > 4096 || record.length > recordSize) throw new Error('more than one record');
    const own = this.#curve.getPublicKey();
    const derive = (key: Buffer, by: Buffer, info: Buffer | string, bytes: number): Buffer =>
      Buffer.from(hkdfSync('sha256', key, by, info, bytes));
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, sender]);
    const input = derive(this.#curve.computeSecret(sender), this.#auth, info, 32);
    const key = derive(input, salt, 'Content-Encoding: aes128gcm\0', 16);
    const nonce = derive(input, salt, 'Content-Encoding: nonce\0', 12);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(record.subarray(-16));
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
    const end = padded.findLastIndex((byte) => byte !== 0);
    if (padded[end] !== 2) throw new Error('the padding does not begin with 2');
    return padded.subarray(0, end).toString('utf8');
  }

  read(body: Buffer): Record<string, unknown> {
    return JSON.parse(this.decrypt(body)) as Record<string, unknown>;
  }
}

/** The claims of a push's `Authorization` (RFC 8292), after its signature was checked with the key that it names, and this key. */
export const vapidOf = (
  authorization: string,
): { readonly key: string; readonly claims: Readonly<Record<string, unknown>> } => {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const [header = '', payload = '', signature = ''] = token.split('.');
  const json = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  if (json(header)['alg'] !== 'ES256') throw new Error(`not ES256: ${authorization}`);
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  const signed = Buffer.from(`${header}.${payload}`);
  const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', signed, options, Buffer.from(signature, 'base64url')))
    throw new Error('the signature is wrong');
  return { key, claims: json(payload) };
};

interface Certificate {
  readonly file: string;
  readonly pem: string;
  readonly key: string;
}

const makeCertificate = (scope: Scope): Certificate => {
  const dir = tempDir(scope);
  const [key, file] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', key, '-out', file],
    ],
    { stdio: 'pipe' },
  );
  return { file, pem: readFileSync(file, 'utf8'), key: readFileSync(key, 'utf8') };
};

/** A push service of the test's own, on this machine. */
export class PushReceiver {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #received = new WaitingList<ReceivedPush>();
  readonly certificate: Certificate;
  /** All that came, in order. */
  readonly all: ReceivedPush[] = [];
  /** What a push is answered; null: nothing, ever. */
  reply: (push: ReceivedPush) => PushReply | null = () => ({ status: 201 });

  private constructor(server: Server, certificate: Certificate) {
    this.#server = server;
    this.certificate = certificate;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const push = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) };
        this.all.push(push);
        this.#received.add(push);
        const reply = this.reply(push);
        if (reply !== null) response.writeHead(reply.status, reply.headers).end('ok');
      });
    });
  }

  /** `certificate`: that of another one, so that a server trusts both. */
  static async start(scope: Scope, certificate = makeCertificate(scope)): Promise<PushReceiver> {
    const server = createServer({ key: certificate.key, cert: certificate.pem });
    const receiver = new PushReceiver(server, certificate);
    server.listen(0, 'localhost');
    await once(server, 'listening');
    scope.after(() => {
      receiver.stop();
    });
    return receiver;
  }

  get origin(): string {
    return `https://${this.authority}`;
  }

  get authority(): string {
    return `localhost:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** What a server needs to be told to send pushes here. */
  get settings(): Readonly<Record<string, string>> {
    return {
      PARLEY_PUSH_SUBJECT: 'mailto:admin@chat.example',
      PARLEY_PUSH_ALLOW: this.authority,
      NODE_EXTRA_CA_CERTS: this.certificate.file,
    };
  }

  next(path: string, ms = 10_000): Promise<ReceivedPush> {
    return this.#received.take(`a push to ${path}`, ms, (push) => push.path === path);
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
