import assert from 'node:assert/strict';
import { ChatClient, expectStatus, freshName } from './chat-client.ts';
import type { ChatSocket, ServerFrameOf } from './chat-socket.ts';
import { eventually } from './eventually.ts';
import { http } from './http-client.ts';
import { PostgresServer, type PostgresSettings } from './postgres-server.ts';
import { onPostgres, ServerProcess, type Settings } from './server-process.ts';
import type { Scope } from './temp-dir.ts';

/** With shards, so that each thread that asks the database is there. */
const SHARDS: Settings = { PARLEY_SHARDS: '1' };

/** A server on a PostgreSQL that a test may do anything to. */
export const onOwnPostgres = async (
  scope: Scope,
  settings: PostgresSettings = {},
): Promise<{ readonly database: PostgresServer; readonly server: ServerProcess }> => {
  const database = await PostgresServer.start(scope, settings);
  return { database, server: await serverAt(scope, database.url()) };
};

export const serverAt = (scope: Scope, url: string, settings: Settings = {}): Promise<ServerProcess> =>
  ServerProcess.start(scope, { ...SHARDS, ...onPostgres(url), ...settings });

/** Two who write to each other, and what became of what they sent. */
export class Talkers {
  readonly server: ServerProcess;
  readonly ada: ChatClient;
  readonly ben: ChatClient;
  readonly a: ChatSocket;
  readonly b: ChatSocket;
  #wasClosed = false;

  private constructor(
    server: ServerProcess,
    people: readonly [ChatClient, ChatClient],
    sockets: readonly [ChatSocket, ChatSocket],
  ) {
    this.server = server;
    [this.ada, this.ben] = people;
    [this.a, this.b] = sockets;
    for (const socket of sockets)
      void socket.closed.then(() => {
        this.#wasClosed = true;
      });
  }

  static async on(scope: Scope, server: ServerProcess): Promise<Talkers> {
    const ada = await ChatClient.register(scope, server, freshName('ada'));
    const ben = await ChatClient.register(scope, server, freshName('ben'));
    const sockets = [(await ada.online()).socket, (await ben.online()).socket] as const;
    return new Talkers(server, [ada, ben], sockets);
  }

  /** Sends it, for the first time or again, and returns the answer. The id is the text too. */
  async post(id: string): Promise<ServerFrameOf<'ack'> | ServerFrameOf<'error'>> {
    this.a.send('message', { recipient_id: this.ben.id, content: id }, id);
    return await this.a.answerTo(id);
  }

  async acked(id: string = crypto.randomUUID()): Promise<ServerFrameOf<'ack'>['payload']> {
    const answer = await this.post(id);
    assert.equal(answer.type, 'ack', JSON.stringify(answer));
    return answer.payload;
  }

  async unavailable(id: string = crypto.randomUUID()): Promise<string> {
    const answer = await this.post(id);
    assert.equal(answer.type, 'error', `${id} was acknowledged`);
    assert.equal(answer.payload.code, 'unavailable');
    return id;
  }

  /** As a client does: until it has an ack. */
  async untilAcked(id: string, ms = 10_000): Promise<ServerFrameOf<'ack'>['payload']> {
    let answer: ServerFrameOf<'ack'> | ServerFrameOf<'error'> | undefined;
    await eventually(
      `message ${id} to be taken`,
      async () => {
        answer = await this.post(id);
        if (answer.type === 'error') assert.equal(answer.payload.code, 'unavailable');
        return answer.type === 'ack';
      },
      ms,
    );
    assert.ok(answer?.type === 'ack');
    return answer.payload;
  }

  /** Nothing closed their connections. */
  assertOpen(): void {
    assert.ok(!this.#wasClosed, `a connection was closed:\n${this.server.run.output.slice(-3_000)}`);
  }

  /** These messages and no other ones are stored, each once, in this order; and the other one has been told of each once. */
  async assertStored(ids: readonly string[]): Promise<void> {
    const { id } = await this.ada.conversationWith(this.ben);
    const history = await this.ben.history(id);
    assert.deepEqual(
      history.map(({ message_id, seq }) => [message_id, seq]),
      ids.map((each, i) => [each, i + 1]),
    );
    const told = (): readonly string[] =>
      this.b.received.flatMap(({ type, payload }) =>
        type === 'message' && 'message_id' in payload ? [payload.message_id] : [],
      );
    await eventually('the other one to be told of all of them', () => told().length >= ids.length);
    assert.deepEqual(told(), ids);
    const cursors = this.b.received.flatMap((frame) => (frame.type === 'message' ? [frame.cursor] : []));
    assert.deepEqual(
      cursors,
      ids.map((_, i) => i + 1),
    );
  }
}

export interface Ready {
  readonly status: number;
  readonly checks: Readonly<Record<string, string>>;
}

const readyz = async (server: ServerProcess): Promise<Ready> => {
  const answer = await http('GET', `${server.url}/readyz`);
  return { status: answer.status, checks: answer.json<{ checks: Record<string, string> }>().checks };
};

/** Alive, not ready, and it says of which part; whatever needs the database is refused for now. */
export const assertAway = async (server: ServerProcess, ada: ChatClient): Promise<void> => {
  expectStatus(await http('GET', `${server.url}/healthz`), 200);
  const { status, checks } = await readyz(server);
  assert.equal(status, 503);
  assert.equal(checks['writer'], 'no answer');
  assert.equal(checks['reader'], 'no answer');
  const answer = expectStatus(await ada.http('GET', '/conversations'), 503);
  assert.match(String(answer.headers['retry-after']), /^\d+$/);
};

export const untilReady = (server: ServerProcess, ms = 8_000): Promise<void> =>
  eventually('the server to be ready', async () => (await readyz(server)).status === 200, ms);
