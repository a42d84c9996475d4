import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { serverEntry } from '../support/paths.ts';
import { type Exit, ServerRun, type Settings } from '../support/server-process.ts';
import { type Scope, tempDir } from '../support/temp-dir.ts';
import { pause, within } from '../support/deadline.ts';
import type { Machine } from './network.ts';

const PORT = 8080;
/** `/readyz` waits for a write. */
const READINESS_MS = 4_000;
/** On a busy machine a start takes its time. */
const REFUSED_MS = 60_000;
const READY_EVERY_MS = 150;
const CLOCKS = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);
const clockLibrary = CLOCKS.find((path) => existsSync(path));
/** Whether a host can be given a wrong clock here. */
export const canSkew = clockLibrary !== undefined;

/** The clock of the machine, moved by what the file says. */
const movedBy = (file: string): Settings => ({
  LD_PRELOAD: clockLibrary ?? '',
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_NO_CACHE: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  DONT_FAKE_MONOTONIC: '1',
});

/** Lines that tell nothing of what went wrong. */
const USUAL = /"(starting|binaries\.checked|edge\.uws|auth\.[a-z-]+)"|Parley is ready|^$/;

interface Readiness {
  readonly status: number;
  readonly checks: Readonly<Record<string, string>>;
}

/** A real server on a machine of its own, at an address that it keeps. */
export class ParleyHost implements Place {
  readonly machine: Machine;
  readonly url: string;
  readonly socketUrl: string;
  /** What hosts answer is checked against the contract by other tests; here it would cost more than the load. */
  readonly through = {};
  readonly #settings: Settings;
  readonly #folder: string;
  readonly #program: string;
  #run: ServerRun;
  #isFrozen = false;
  /** What runs before the present one have printed. */
  #earlier = '';

  private constructor(folder: string, machine: Machine, settings: Settings) {
    this.machine = machine;
    this.url = `http://${machine.address}:${String(PORT)}`;
    this.socketUrl = `ws://${machine.address}:${String(PORT)}/ws`;
    this.#folder = folder;
    this.#settings = settings;
    this.#program = join(folder, 'start');
    const enter = `nsenter --net=${machine.namespace} --`;
    writeFileSync(this.#program, `#!/bin/sh\nexec ${enter} ${process.execPath} ${serverEntry}\n`);
    chmodSync(this.#program, 0o755);
    this.#run = this.#spawn({});
  }

  static async start(scope: Scope, machine: Machine, settings: Settings): Promise<ParleyHost> {
    const host = new ParleyHost(tempDir(scope), machine, settings);
    scope.after(async () => {
      await host.kill();
    });
    await host.#run.listening();
    return host;
  }

  get name(): string {
    return this.machine.name;
  }

  /** The end of what it printed, over all its runs. */
  get output(): string {
    return `${this.#earlier}${this.#run.output}`
      .split('\n')
      .filter((line) => !USUAL.test(line))
      .join('\n')
      .slice(-6_000);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    this.thaw();
    return await this.#run.kill(signal);
  }

  async restart(): Promise<void> {
    await this.#startAgain({});
    await this.#run.listening();
  }

  /** With a clock that `moveClock` moves. */
  async restartWithOwnClock(): Promise<void> {
    this.moveClock(0);
    await this.#startAgain(movedBy(this.#clockFile));
    await this.#run.listening();
  }

  /** With a clock that is so many seconds off, with which it is expected not to start: how it ends. */
  async startSkewed(seconds: number): Promise<Exit> {
    this.moveClock(seconds);
    await this.#startAgain(movedBy(this.#clockFile));
    return await within(REFUSED_MS, `${this.name} with a wrong clock to end`, this.#run.exited);
  }

  moveClock(seconds: number): void {
    writeFileSync(this.#clockFile, `${seconds < 0 ? '' : '+'}${String(seconds)}`);
  }

  async #startAgain(further: Settings): Promise<void> {
    await this.kill();
    this.#earlier = `${this.output}\n--- started again ---\n`;
    this.#run = this.#spawn(further);
  }

  get #clockFile(): string {
    return join(this.#folder, 'clock');
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#run.signal('SIGSTOP');
  }

  thaw(): void {
    if (this.#isFrozen) this.#run.signal('SIGCONT');
    this.#isFrozen = false;
  }

  /** What `/readyz` says; null when there is no answer. */
  async readiness(): Promise<Readiness | null> {
    try {
      const answer = http('GET', `${this.url}/readyz`, { foreign: true });
      const { status, json } = await within(READINESS_MS, 'readiness', answer);
      return { status, checks: json<{ checks: Record<string, string> }>().checks };
    } catch {
      return null;
    }
  }

  async untilReady(ms: number): Promise<void> {
    let last: Readiness | null = null;
    const isReady = async (): Promise<boolean> => {
      last = await this.readiness();
      if (last?.status !== 200) await pause(READY_EVERY_MS);
      return last?.status === 200;
    };
    await eventually(`${this.name} to be ready`, isReady, ms).catch((error: unknown) => {
      throw new Error(`${this.name} says ${JSON.stringify(last)}`, { cause: error });
    });
  }

  #spawn(further: Settings): ServerRun {
    const own = {
      PARLEY_HOST: this.machine.address,
      PARLEY_PORT: String(PORT),
      PARLEY_NODE_NAME: this.name,
      PARLEY_DATA_DIR: this.#folder,
    };
    return new ServerRun({ ...own, ...this.#settings, ...further }, this.#folder, this.#program);
  }
}
