import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { within } from './deadline.ts';

const ANSWER_MS = 20_000;

/** A raw connection to a server whose writes arrive as packets of their own. */
export class Packets {
  readonly #beacon: Socket;
  readonly #port: number;
  readonly #hostname: string;

  private constructor(hostname: string, port: number, beacon: Socket) {
    this.#hostname = hostname;
    this.#port = port;
    this.#beacon = beacon;
  }

  /** `url`: the server's. Closed by `close`. */
  static async open(url: string): Promise<Packets> {
    const { hostname, port } = new URL(url);
    return new Packets(hostname, Number(port), await connected(hostname, Number(port)));
  }

  close(): void {
    this.#beacon.destroy();
  }

  /** Resolves when the server has read everything that was written to it before. The second answer comes from a later turn of its
   *  loop than the first, and in between it has looked at every socket that was readable. */
  async read(): Promise<void> {
    for (let turn = 0; turn < 2; turn += 1) {
      const answered = within(ANSWER_MS, 'the beacon', once(this.#beacon, 'data'));
      this.#beacon.write('GET /beacon-without-file HTTP/1.1\r\nHost: beacon\r\n\r\n');
      await answered;
    }
  }

  async connect(): Promise<RawConnection> {
    const socket = await connected(this.#hostname, this.#port);
    // Accepted, too, so that the server looks at it from its loop's next turn on.
    await this.read();
    return new RawConnection(socket);
  }

  /** Sends the pieces one after the other, each once the server has read what came before. */
  async send(pieces: readonly (string | Uint8Array)[], to?: RawConnection): Promise<RawConnection> {
    const connection = to ?? (await this.connect());
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) await this.read();
      connection.write(piece);
    }
    return connection;
  }
}

const connected = async (host: string, port: number): Promise<Socket> => {
  const socket = connect({ host, port, allowHalfOpen: true }).setNoDelay(true);
  socket.on('error', () => undefined);
  await within(ANSWER_MS, 'a connection', once(socket, 'connect'));
  return socket;
};

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** One connection whose answers are taken apart by their lengths. */
export class RawConnection {
  /** Everything heard, as Latin-1. */
  heard = '';
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #over = false;
  #tell: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#over = true;
        this.#tell();
        resolve();
      };
      socket.once('end', end).once('close', end);
    });
    socket.on('data', (chunk: Buffer) => {
      this.heard += chunk.toString('latin1');
      this.#tell();
    });
  }

  write(bytes: string | Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Nothing more will be sent; answers may still come. */
  finish(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Resolves once this has been heard. */
  async hears(text: string): Promise<void> {
    const wait = async (): Promise<void> => {
      while (!this.heard.includes(text)) {
        if (this.#over) throw new Error(`closed before ${JSON.stringify(text)}`);
        await this.#more();
      }
    };
    await within(ANSWER_MS, JSON.stringify(text), wait());
  }

  /** The first `count` answers, or as many as came before the server closed. */
  async answers(count = Infinity): Promise<readonly RawAnswer[]> {
    const wait = async (): Promise<readonly RawAnswer[]> => {
      for (;;) {
        const answers = parse(this.heard);
        if (answers.length >= count || this.#over) return answers;
        await this.#more();
      }
    };
    return await within(ANSWER_MS, `${String(count)} answers`, wait());
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#tell = resolve;
    });
  }
}

const parse = (heard: string): readonly RawAnswer[] => {
  const answers: RawAnswer[] = [];
  let rest = heard;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const head = rest.slice(0, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const after = end + 4 + length;
    if (rest.length < after) return answers;
    answers.push({
      status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
      head,
      body: rest.slice(end + 4, after),
    });
    // What uWS itself answers has no length, and is the last.
    if (!/^content-length: /im.test(head) && !/^HTTP\/1\.1 (101|204|304)/.test(head)) return answers;
    rest = rest.slice(after);
  }
};
