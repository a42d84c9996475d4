import { ChatClient, freshName } from '../support/chat-client.ts';
import { pause } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import type { RandomSource } from '../support/random-source.ts';
import type { Scope } from '../support/temp-dir.ts';
import { Device } from './device.ts';
import type { Observations } from './observations.ts';
import type { ParleyHost } from './parley-host.ts';

const PAIRS = 3;
const DEVICES = 2;
/** Messages of one device that wait for their acknowledgement, and the pause between two new ones. */
const IN_FLIGHT = 4;
const EVERY_MS = [80, 420] as const;
const RECEIPTS = 0.3;
/** Share of the messages that a second device sends too, and of those that are sent again although they are acknowledged. */
const DOUBLED = 0.05;
const REPEATED = 0.05;
const REMEMBERED = 50;
const SCRIPTS = ['hello', 'שלום', '你好', '👋🏽', 'x'.repeat(300), '"\\\n'];

export interface Person {
  readonly client: ChatClient;
  readonly peer: ChatClient;
  readonly devices: readonly Device[];
}

interface LoadOptions {
  readonly hosts: readonly ParleyHost[];
  readonly observations: Observations;
  readonly random: RandomSource;
}

/** Pairs of people with several devices each, who write to each other. */
export class Load {
  readonly people: readonly Person[];
  readonly #observations: Observations;
  readonly #random: RandomSource;
  #isFeeding = false;
  #isOver = false;
  #count = 0;

  private constructor(people: readonly Person[], { observations, random }: LoadOptions) {
    this.people = people;
    this.#observations = observations;
    this.#random = random;
  }

  static async start(scope: Scope, options: LoadOptions): Promise<Load> {
    const people: Person[] = [];
    for (let i = 0; i < PAIRS; i += 1) {
      const [ada, ben] = [await sessionsOf(scope, options, 'ada'), await sessionsOf(scope, options, 'ben')];
      people.push(personOf(ada, ben, options), personOf(ben, ada, options));
    }
    const load = new Load(people, options);
    scope.after(() => load.#stop());
    for (const person of people)
      for (const device of person.devices) {
        device.onMessage = (id) => {
          if (load.#random.chance(RECEIPTS)) device.receipt(id, load.#random.pick(['delivered', 'read']));
        };
        device.start();
        void load.#write(person, device);
      }
    return load;
  }

  get devices(): readonly Device[] {
    return this.people.flatMap(({ devices }) => devices);
  }

  feed(): void {
    this.#isFeeding = true;
  }

  /** Nobody writes new messages any more; resolves when all that were written are acknowledged. */
  async settle(ms: number): Promise<void> {
    this.#isFeeding = false;
    const isSettled = (): boolean =>
      this.devices.every(({ unacknowledged, isLive }) => unacknowledged === 0 && isLive);
    try {
      await eventually('everybody to be answered and in step', isSettled, ms);
    } catch (error) {
      const late = this.devices.filter(({ unacknowledged, isLive }) => unacknowledged > 0 || !isLive);
      const who = late.map((device) => device.describe()).join('\n  ');
      throw new Error(`these are not answered or not in step:\n  ${who}`, { cause: error });
    }
  }

  async #write(person: Person, device: Device): Promise<void> {
    const { client, peer, devices } = person;
    const own: { id: string; content: string }[] = [];
    while (!this.#isOver) {
      await pause(this.#random.between(...EVERY_MS));
      if (!this.#isFeeding || !device.isLive || device.unacknowledged >= IN_FLIGHT) continue;
      if (own.length > 0 && this.#random.chance(REPEATED)) {
        device.post(this.#random.pick(own));
        continue;
      }
      this.#count += 1;
      const id = crypto.randomUUID();
      const content = `${String(this.#count)} ${this.#random.pick(SCRIPTS)}`;
      const at = performance.now();
      this.#observations.sent.set(id, { id, from: client.id, to: peer.id, content, at });
      own.push({ id, content });
      if (own.length > REMEMBERED) own.shift();
      device.post({ id, content });
      if (this.#random.chance(DOUBLED)) this.#random.pick(devices).post({ id, content });
    }
  }

  async #stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.devices.map((device) => device.stop()));
  }
}

const sessionsOf = async (
  scope: Scope,
  { hosts, random }: LoadOptions,
  name: string,
): Promise<readonly ChatClient[]> => {
  const first = await ChatClient.register(scope, random.pick(hosts), freshName(name));
  const sessions = [first];
  while (sessions.length < DEVICES)
    sessions.push(await ChatClient.login(scope, random.pick(hosts), first.username));
  return sessions;
};

const personOf = (
  own: readonly ChatClient[],
  others: readonly ChatClient[],
  { hosts, observations, random }: LoadOptions,
): Person => {
  const [[client], [peer]] = [own, others];
  if (client === undefined || peer === undefined) throw new Error('nobody');
  const devices = own.map(
    (session, i) =>
      new Device({
        name: `${client.username}/${String(i + 1)}`,
        client: session,
        peerId: peer.id,
        hosts,
        observations,
        random: random.fork(),
      }),
  );
  return { client, peer, devices };
};
