import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { operatorEntry } from './paths.ts';
import type { Settings } from './server-process.ts';

/** `parley ARGS…` for a data directory, which may be stopped or killed in the midst of its work. */
export class RunningCommand {
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  /** The number with which it ended; null: it was killed. */
  readonly ended: Promise<number | null>;

  constructor(dataDir: string, args: readonly string[], settings: Settings = {}) {
    const env = { PATH: process.env['PATH'], PARLEY_DATA_DIR: dataDir, ...settings };
    const child = spawn(process.execPath, [operatorEntry, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#child = child;
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Fails when it had ended by itself before. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    assert.equal(await this.ended, null, `parley ended before it was killed: ${this.#stdout}${this.#stderr}`);
  }
}
