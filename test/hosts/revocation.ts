import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import { ChatClient } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { pause, within } from '../support/deadline.ts';
import type { RandomSource } from '../support/random-source.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { Load, Person } from './load.ts';
import type { Observations } from './observations.ts';
import type { ParleyHost } from './parley-host.ts';

/** SPEC: nothing is heard this long after a session was ended, whatever the broker does. */
const REVOKED_MS = 5_000;
/** For a machine that is busy with other work, and for what was on its way. */
const TOLERANCE_MS = 1_500;
const ASK_MS = 2_000;
const ANSWERED_MS = 30_000;
const AGAIN_MS = 150;
const PREPARED_MS = 30_000;

interface Heard {
  readonly frame: ServerFrame;
  readonly at: number;
}

/** A session that is ended at one host while it is connected to another one and something fails. */
export class Revocation {
  readonly #person: Person;
  readonly #client: ChatClient;
  readonly #socket: ChatSocket;
  readonly #session: string;
  readonly #hosts: readonly ParleyHost[];
  readonly #observations: Observations;
  readonly #random: RandomSource;
  readonly #heard: Heard[] = [];
  readonly #at: ParleyHost;
  #endedAt = Number.POSITIVE_INFINITY;

  private constructor(
    [person, client]: readonly [Person, ChatClient],
    [socket, session]: readonly [ChatSocket, string],
    [hosts, at]: readonly [readonly ParleyHost[], ParleyHost],
    observations: Observations,
    random: RandomSource,
  ) {
    this.#person = person;
    this.#client = client;
    this.#socket = socket;
    this.#session = session;
    this.#hosts = hosts;
    this.#at = at;
    this.#observations = observations;
    this.#random = random;
    socket.onFrame = (frame) => {
      this.#heard.push({ frame, at: performance.now() });
    };
  }

  /** A further session of somebody who is written to. On a machine that is too busy the first attempts may be refused. */
  static async prepare(...options: Parameters<typeof Revocation.attempt>): Promise<Revocation> {
    const since = performance.now();
    for (;;) {
      try {
        return await Revocation.attempt(...options);
      } catch (error) {
        if (performance.now() - since > PREPARED_MS) throw error;
        await pause(AGAIN_MS);
      }
    }
  }

  private static async attempt(
    scope: Scope,
    load: Load,
    hosts: readonly ParleyHost[],
    observations: Observations,
    random: RandomSource,
  ): Promise<Revocation> {
    const person = random.pick(load.people);
    const client = await ChatClient.login(scope, random.pick(hosts), person.client.username);
    const at = random.pick(hosts);
    const socket = await ChatSocket.open(at.socketUrl, { token: client.accessToken });
    const { payload } = await socket.next('welcome');
    await socket.next('sync');
    return new Revocation(
      [person, client],
      [socket, payload.session_id],
      [hosts, at],
      observations,
      random.fork(),
    );
  }

  /** Ends the session at any host that answers. */
  async revoke(afterMs: number): Promise<void> {
    await pause(afterMs);
    const since = performance.now();
    while (performance.now() - since < ANSWERED_MS) {
      try {
        const at = this.#person.client.at(this.#random.pick(this.#hosts));
        const asked = at.http('DELETE', `/users/me/sessions/${this.#session}`);
        const { status } = await within(ASK_MS, 'the end of a session', asked);
        // Not found: an earlier request, whose answer was lost, has ended it.
        if (status === 204 || status === 404) {
          this.#endedAt = performance.now();
          return;
        }
      } catch {
        // That host can't be asked now.
      }
      await pause(AGAIN_MS);
    }
    throw new Error('no host ends a session');
  }

  /** Once all hosts are ready: the connection ends in time, and the session is of no use anywhere. */
  async check(allowanceMs: number): Promise<void> {
    const left = Math.max(0, this.#endedAt + REVOKED_MS - performance.now()) + TOLERANCE_MS + allowanceMs;
    const isClosed = await within(left, 'the connection to end', this.#socket.closed).then(
      () => true,
      () => false,
    );
    // A connection to a host that is gone may hang without anybody at its other end.
    if (!isClosed && (await this.#isServed()))
      this.#violate(`is served at ${this.#at.name} long after it was ended`);
    this.#socket.terminate();
    for (const { frame, at } of this.#heard) this.#judge(frame, at);
    await Promise.all(this.#hosts.map((host) => this.#checkUseless(host)));
  }

  async #isServed(): Promise<boolean> {
    this.#socket.send('ping', {});
    return await within(ASK_MS, 'a pong', this.#socket.next('pong')).then(
      () => true,
      () => false,
    );
  }

  /** What was on its way when a line was cut may come late; what did not exist then may not come at all. */
  #judge(frame: ServerFrame, at: number): void {
    if (frame.type !== 'message') return;
    const sentAt = this.#observations.sent.get(frame.payload.message_id)?.at ?? 0;
    const late = sentAt - this.#endedAt;
    if (late > REVOKED_MS)
      this.#violate(
        `heard message ${frame.payload.message_id}, sent ${late.toFixed()} ms after its end, at ${this.#at.name} (${(at - this.#endedAt).toFixed()} ms after)`,
      );
  }

  async #checkUseless(host: ParleyHost): Promise<void> {
    const { status } = await this.#client.at(host).http('GET', '/users/me');
    if (status !== 401) this.#violate(`is answered ${String(status)} at ${host.name}`);
    let socket: ChatSocket;
    try {
      socket = await ChatSocket.open(host.socketUrl, { token: this.#client.accessToken });
    } catch {
      return;
    }
    await within(ASK_MS, 'the connection to be closed', socket.closed).catch(() => {
      this.#violate(`may connect to ${host.name}`);
    });
    socket.terminate();
    const first = socket.received[0];
    if (first !== undefined && first.type !== 'session')
      this.#violate(`is told ${first.type} at ${host.name} when it connects`);
  }

  #violate(what: string): void {
    this.#observations.violate(
      `the ended session ${this.#session} of ${this.#person.client.username} ${what}`,
    );
  }
}
