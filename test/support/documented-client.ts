import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';
import { repositoryRoot } from './paths.ts';

const CLIENT_FILE = join(repositoryRoot, 'docs/client.mjs');

interface OutboxEntry {
  readonly id: string;
  readonly payload: { readonly recipient_id: string; readonly content: string };
}
interface DeviceState {
  position: { cursor: number; history?: string; witness?: string };
  readonly outbox: OutboxEntry[];
  readonly receipts: Readonly<Record<string, unknown>>;
  access_token?: string;
  refresh_token?: string;
}
/** A message as the client hands it on: the server's, or its own text with the answer to it. */
export interface HandedMessage {
  readonly message_id: string;
  readonly conversation_id: string;
  readonly seq: number;
  readonly content: string;
  /** Only of one's own messages. */
  readonly status?: string;
}
interface DocumentedClient {
  takeTokens(path: string, body: unknown): Promise<void>;
  connect(): Promise<void>;
  send(recipientId: string, content: string, id?: string): Promise<void>;
  read(message: HandedMessage): void;
}
interface Options {
  readonly url: string;
  readonly WebSocket: unknown;
  readonly state: DeviceState;
  readonly store: (state: DeviceState, message?: HandedMessage | false) => Promise<void>;
  readonly onRefused: (entry: OutboxEntry, error: { readonly code: string }) => void;
  readonly onEnd: (reason: unknown) => void;
}
const { parleyClient } = (await import(pathToFileURL(CLIENT_FILE).href)) as {
  readonly parleyClient: (options: Options) => DocumentedClient;
};

/** A client cannot be stopped from outside. One that has crashed gets this instead of storing anything, and ends as it does when its
 *  session is over. */
const CRASHED = Object.assign(new Error('the device has crashed'), { code: 401 });

/** A device that runs the client of docs/write-a-client.md. What it has stored is all that outlives a crash of it. */
export class DocumentedDevice {
  readonly messages: HandedMessage[] = [];
  readonly refused: { readonly id: string; readonly code: string }[] = [];
  ended: Promise<unknown> = Promise.resolve();
  client: DocumentedClient;
  /** The state of the running client. */
  #live: DeviceState | null = null;
  #stored = '{"position":{"cursor":0},"outbox":[],"receipts":{}}';
  readonly #url: string;
  #end: (reason: unknown) => void = () => undefined;
  #onStored: () => void = () => undefined;

  constructor(url: string) {
    this.#url = url;
    this.client = this.#boot();
  }

  get state(): DeviceState {
    return JSON.parse(this.#stored) as DeviceState;
  }

  /** Takes effect with the next crash. */
  set state(state: DeviceState) {
    this.#stored = JSON.stringify(state);
  }

  /** Resolves once so many messages are stored. */
  async holds(count: number): Promise<void> {
    while (this.messages.length < count) await new Promise<void>((resolve) => (this.#onStored = resolve));
  }

  /** The program ends at once, and is started again with what was stored. */
  async crash(): Promise<void> {
    this.client = this.#boot();
    await this.client.connect();
  }

  #boot(): DocumentedClient {
    const live = this.state;
    this.#live = live;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    const isRunning = (): boolean => this.#live === live;
    return parleyClient({
      url: this.#url,
      WebSocket,
      state: live,
      store: (state, message) => {
        if (!isRunning()) return Promise.reject(CRASHED);
        this.#stored = JSON.stringify(state);
        if (message) this.messages.push(message);
        this.#onStored();
        return Promise.resolve();
      },
      onRefused: ({ id }, { code }) => {
        this.refused.push({ id, code });
      },
      onEnd: (reason) => {
        if (isRunning()) this.#end(reason);
      },
    });
  }
}
