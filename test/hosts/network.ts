import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** One machine of the network: a network namespace with one line to a bridge. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  /** The file of its namespace. */
  readonly namespace: string;
  readonly mac: string;
}

/** Where the clients are: the namespace of this process, to which the bridge belongs. */
export const CLIENTS = 'clients';
const BRIDGE = 'bridge';
const NETWORK = '10.77.0';
/** An address that nobody has: what is sent to it is lost, as on a line that is cut. */
const NOBODY = '02:00:00:00:ff:ff';

const run = promisify(execFile);
const ip = async (...options: readonly string[]): Promise<void> => {
  await run('ip', options);
};

/** Machines on one bridge, between which lines can be cut, each direction by itself. Each machine has the hardware addresses of all
 *  others in a fixed table; a line is cut by writing a wrong one there. So packets are lost without a word, those of connections that
 *  are open too, and it needs no firewall. */
export class Network {
  readonly #machines = new Map<string, Machine>();
  readonly #cuts = new Set<string>();
  #canDelay = false;

  static async make(names: readonly string[]): Promise<Network> {
    const network = new Network();
    await ip('link', 'add', BRIDGE, 'type', 'bridge');
    network.#add(CLIENTS, 1, '');
    await ip('link', 'set', BRIDGE, 'address', network.at(CLIENTS).mac);
    await ip('addr', 'add', `${network.at(CLIENTS).address}/24`, 'dev', BRIDGE);
    await ip('link', 'set', BRIDGE, 'up');
    for (const [i, name] of names.entries()) await network.#plug(name, i + 11);
    for (const from of network.#machines.keys())
      for (const to of network.#machines.keys()) if (from !== to) await network.heal(from, to);
    network.#canDelay = await network.#probeDelay();
    return network;
  }

  at(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine === undefined) throw new Error(`there is no machine ${name}`);
    return machine;
  }

  /** Whether the kernel can delay packets and lose some of them (netem). */
  get canDelay(): boolean {
    return this.#canDelay;
  }

  /** From now on nothing that `from` sends reaches `to`. */
  async cut(from: string, to: string): Promise<void> {
    this.#cuts.add(`${from} ${to}`);
    await this.#pointTo(from, to, NOBODY);
  }

  async cutBoth(one: string, other: string): Promise<void> {
    await Promise.all([this.cut(one, other), this.cut(other, one)]);
  }

  async heal(from: string, to: string): Promise<void> {
    this.#cuts.delete(`${from} ${to}`);
    await this.#pointTo(from, to, this.at(to).mac);
  }

  async healBoth(one: string, other: string): Promise<void> {
    await Promise.all([this.heal(one, other), this.heal(other, one)]);
  }

  async healAll(): Promise<void> {
    for (const each of [...this.#cuts]) {
      const [from = '', to = ''] = each.split(' ');
      await this.heal(from, to);
    }
  }

  /** What the machine sends is late, and some of it lost. */
  async delay(name: string, ms: number, lossPercent: number): Promise<void> {
    const how = ['delay', `${String(ms)}ms`, `${String(ms / 2)}ms`, 'loss', `${String(lossPercent)}%`];
    await run('tc', ['-n', name, 'qdisc', 'replace', 'dev', 'eth0', 'root', 'netem', ...how]);
  }

  async endDelay(name: string): Promise<void> {
    await run('tc', ['-n', name, 'qdisc', 'del', 'dev', 'eth0', 'root']);
  }

  #add(name: string, number: number, namespace: string): void {
    const mac = `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
    this.#machines.set(name, { name, address: `${NETWORK}.${String(number)}`, namespace, mac });
  }

  async #plug(name: string, number: number): Promise<void> {
    this.#add(name, number, `/run/netns/${name}`);
    const { mac, address } = this.at(name);
    await ip('netns', 'add', name);
    await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('link', 'set', name, 'master', BRIDGE);
    await ip('link', 'set', name, 'up');
    await ip('-n', name, 'link', 'set', 'eth0', 'address', mac);
    await ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    await ip('-n', name, 'link', 'set', 'eth0', 'up');
    await ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  async #pointTo(from: string, to: string, mac: string): Promise<void> {
    const place = from === CLIENTS ? [] : ['-n', from];
    const device = from === CLIENTS ? BRIDGE : 'eth0';
    const entry = [this.at(to).address, 'lladdr', mac, 'dev', device, 'nud', 'permanent'];
    await ip(...place, 'neigh', 'replace', ...entry);
  }

  async #probeDelay(): Promise<boolean> {
    const [, name = ''] = [...this.#machines.keys()];
    try {
      await this.delay(name, 1, 0);
      await this.endDelay(name);
      return true;
    } catch {
      return false;
    }
  }
}
