import * as z from 'zod/mini';
import { WebSocket } from 'ws';
import {
  SERVER_FRAMES,
  type ServerFrame,
  type ServerFrameType,
} from '../../server/protocol/server-frames.ts';
import { timestamp, uuid } from '../../server/protocol/fields.ts';
import {
  CLIENT_FRAMES,
  type ClientFramePayload,
  type ClientFrameType,
} from '../../server/protocol/client-frames.ts';
import { SUBPROTOCOL } from '../../server/protocol/version.ts';
import { within } from './deadline.ts';
import type { Through } from './http-client.ts';
import { WaitingList } from './waiting-list.ts';

export type ServerFrameOf<T extends ServerFrameType> = Extract<ServerFrame, { type: T }>;
export interface Closing {
  readonly code: number;
  readonly reason: string;
}
export interface Opening {
  readonly token?: string;
  /** How the token travels: as a header, or, as a browser must, among the subprotocols. */
  readonly by?: 'header' | 'subprotocol';
  readonly cursor?: number;
  readonly history?: string;
  /** `MESSAGE_ID:CURSOR` */
  readonly witness?: string;
  readonly presence?: string;
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Off for tests of the heartbeat. */
  readonly answerPings?: boolean;
  /** How long the handshake may take; what comes later is closed, where others may leave it open. */
  readonly handshakeMs?: number;
  readonly through?: Through;
  /** To a server of another version, whose frames need not have the form that this one documents. */
  readonly foreign?: boolean;
}

const FRAME_MS = 10_000;

/** Every frame a test receives is held against the contract: shape of the envelope, payload, cursor where due. */
const checkFrame = (text: string): ServerFrame => {
  const { type } = z.object({ type: z.string() }).parse(JSON.parse(text));
  if (!(type in SERVER_FRAMES)) throw new Error(`a frame of unknown type: ${text}`);
  const { payload, durable } = SERVER_FRAMES[type as ServerFrameType];
  const envelope = { id: uuid, type: z.string(), timestamp, payload };
  const schema =
    durable !== false ? z.strictObject({ ...envelope, cursor: z.int() }) : z.strictObject(envelope);
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Error(`a frame against the contract: ${text}\n${z.prettifyError(parsed.error)}`);
  return parsed.data as ServerFrame;
};

const openingOf = (url: string, opening: Opening): WebSocket => {
  const { token, by = 'header', origin, headers = {}, through = {} } = opening;
  const query = new URLSearchParams(
    (['cursor', 'history', 'witness', 'presence'] as const).flatMap((name) =>
      opening[name] === undefined ? [] : [[name, String(opening[name])]],
    ),
  );
  const protocols = token !== undefined && by === 'subprotocol' ? [SUBPROTOCOL, `bearer.${token}`] : [];
  return new WebSocket(query.size === 0 ? url : `${url}?${query.toString()}`, protocols, {
    ...through,
    ...(opening.handshakeMs === undefined ? {} : { handshakeTimeout: opening.handshakeMs }),
    headers: {
      ...(token !== undefined && by === 'header' ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    ...(origin === undefined ? {} : { origin }),
    perMessageDeflate: false,
  });
};

/** One connection of one person. Frames queue up until they are taken, so none is missed; `received` keeps them all. */
export class ChatSocket {
  readonly received: ServerFrame[] = [];
  readonly closed: Promise<Closing>;
  /** Called for each frame before it is queued; for clients that react, as the crash client does. */
  onFrame: ((frame: ServerFrame) => void) | null = null;
  readonly #frames = new WaitingList<ServerFrame>();
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket, { answerPings = true, foreign = false }: Opening) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      try {
        const text = data.toString('utf8');
        this.#take(foreign ? (JSON.parse(text) as ServerFrame) : checkFrame(text), answerPings);
      } catch (error) {
        this.#frames.end(error as Error);
      }
    });
    socket.on('error', () => undefined); // The close that follows is what tests look at.
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        this.#frames.end(new Error(`the socket was closed: ${String(code)} ${reason.toString('utf8')}`));
        resolve({ code, reason: reason.toString('utf8') });
      });
    });
  }

  /** Resolves once the upgrade is done; rejects with `refused STATUS` when the server says no. */
  static async open(url: string, opening: Opening): Promise<ChatSocket> {
    const socket = openingOf(url, opening);
    // Made before the upgrade is done: the first frames may come in the same packet.
    const chat = new ChatSocket(socket, opening);
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_, response) => {
        reject(new Error(`refused ${String(response.statusCode)}`));
        socket.terminate();
      });
      socket.once('error', reject);
    });
    await within(FRAME_MS, 'the upgrade', opened);
    return chat;
  }

  /** The status with which an upgrade is refused, and the body that says why. */
  static async refusal(url: string, opening: Opening): Promise<{ status: number; body: string }> {
    const socket = openingOf(url, opening);
    const refused = new Promise<{ status: number; body: string }>((resolve, reject) => {
      socket.once('open', () => {
        socket.terminate();
        reject(new Error('the upgrade was accepted'));
      });
      socket.once('error', reject);
      socket.once('unexpected-response', (_, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body });
        });
      });
    });
    return await within(FRAME_MS, 'the refusal', refused);
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  /** Frames that came and were not taken. */
  get untaken(): readonly ServerFrame[] {
    return this.#frames.waiting;
  }

  /** Takes the first frame of this type (and that fits), now or when it comes. */
  async next<T extends ServerFrameType>(
    type: T,
    wants: (frame: ServerFrameOf<T>) => boolean = () => true,
  ): Promise<ServerFrameOf<T>> {
    const isIt = (frame: ServerFrame): frame is ServerFrameOf<T> =>
      frame.type === type && wants(frame as ServerFrameOf<T>);
    return (await this.#frames.take(`a frame "${type}"`, FRAME_MS, isIt)) as ServerFrameOf<T>;
  }

  /** Takes what the server says to the message with this id: its `ack sent` or the error that refuses it. */
  async answerTo(id: string): Promise<ServerFrameOf<'ack'> | ServerFrameOf<'error'>> {
    const isIt = (frame: ServerFrame): boolean =>
      (frame.type === 'ack' && frame.payload.status === 'sent' && frame.payload.message_id === id) ||
      (frame.type === 'error' && frame.payload.ref === id);
    return (await this.#frames.take(`an answer to ${id}`, FRAME_MS, isIt)) as
      ServerFrameOf<'ack'> | ServerFrameOf<'error'>;
  }

  /** Takes whatever frame is next: for tests of order. */
  async any(): Promise<ServerFrame> {
    return await this.#frames.take('a frame', FRAME_MS, () => true);
  }

  /** Sends a well-formed envelope; returns its id. */
  send<T extends ClientFrameType>(
    type: T,
    payload: ClientFramePayload<T>,
    id: string = crypto.randomUUID(),
  ): string {
    CLIENT_FRAMES[type].payload.parse(payload);
    this.sendRaw(JSON.stringify({ id, type, timestamp: new Date().toISOString(), payload }));
    return id;
  }

  /** Sends anything, right or wrong. */
  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data, { binary: typeof data !== 'string' }, () => undefined);
  }

  /** Reads nothing from now on, as a client that hangs; what comes fills the buffers on the way. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Answers after everything sent before on this connection was looked at. */
  async roundTrip(): Promise<void> {
    this.send('ping', {});
    await this.next('pong');
  }

  async close(code = 1000): Promise<Closing> {
    this.#socket.close(code);
    return await within(FRAME_MS, 'the socket to close', this.closed);
  }

  /** As a lost network does: no close frame. */
  terminate(): void {
    this.#socket.terminate();
  }

  #take(frame: ServerFrame, answerPings: boolean): void {
    this.received.push(frame);
    if (frame.type === 'ping' && answerPings) this.send('pong', {});
    this.onFrame?.(frame);
    this.#frames.add(frame);
  }
}
