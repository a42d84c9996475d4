import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileTime } from '../protocol/rfc3339.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log/log.ts';
import { syncFolder } from '../storage/sqlite/files/file-state.ts';
import { listedBackups, provenBackups } from './proven-backups.ts';

export interface BackupScheduleOptions {
  /** The folder of the backups. It is made if it is missing. */
  readonly dir: string;
  readonly everyMs: number;
  /** How many proven backups stay. Older ones are removed after each new one. */
  readonly keep: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs a command of the operator's program in a process of its own: making and proving a backup takes CPU that the server needs. */
  readonly run: (args: readonly string[]) => Promise<{ readonly code: number; readonly stderr: string }>;
}

/** A backup that is being made, or was broken off. */
const UNPROVEN = /^parley-[\dTZ-]+\.unproven\.tar(\.partial)?$/;
/** A server that was just started has other work. */
const FIRST_AFTER_MS = 30_000;
/** A timer of Node that is longer than 24.8 days fires at once. */
const TIMER_MAX_MS = 86_400_000;
const AGAIN_AFTER_MS = 10 * 60_000;

const nameAt = (ms: number): string => `parley-${fileTime(ms)}`;

/** Makes a backup on a schedule, and proves each: only what could be restored gets its final name. The folder alone says when the last
 *  one was made, so a restart changes nothing. After a failure it tries again in ten minutes. */
export class BackupSchedule {
  readonly #options: BackupScheduleOptions;
  #timer: Timer | undefined;
  #stopped = false;
  #running = false;
  failures = 0;
  lastProvenAt: number | null = null;

  constructor(options: BackupScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    const { everyMs, clock } = this.#options;
    const now = clock.now();
    const last = this.#proven().at(-1)?.at;
    // One of the future was made with a wrong clock: it keeps nobody from making the next one.
    this.lastProvenAt = last === undefined || last > now ? null : last;
    this.#next(Math.max(FIRST_AFTER_MS, everyMs - (now - (this.lastProvenAt ?? 0))));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** The proven ones in the folder, the newest first. */
  list(): ReturnType<typeof listedBackups> {
    return listedBackups(this.#options.dir, this.#options.clock.now());
  }

  /** Begins one now, and returns false if one is being made. The next one comes a whole interval later. */
  begin(): boolean {
    if (this.#running || this.#stopped) return false;
    this.#timer?.cancel();
    void this.#backUp();
    return true;
  }

  #next(ms: number): void {
    if (this.#stopped) return;
    const slice = Math.min(ms, TIMER_MAX_MS);
    this.#timer = this.#options.clock.after(slice, () => {
      if (ms > slice) this.#next(ms - slice);
      else void this.#backUp();
    });
  }

  async #backUp(): Promise<void> {
    const { everyMs, clock, log } = this.#options;
    const began = clock.monotonic();
    this.#running = true;
    const reason = await this.#attempt(clock.now());
    this.#running = false;
    if (this.#stopped) return;
    if (reason === null) {
      this.#next(Math.max(0, everyMs - (clock.monotonic() - began)));
      return;
    }
    this.failures += 1;
    log.error(
      { reason, advice: 'docs/troubleshoot.md says what to do; the next attempt follows' },
      'backup.failed',
    );
    this.#next(Math.min(AGAIN_AFTER_MS, everyMs));
  }

  /** Returns why there is no new backup, or null when there is one. */
  async #attempt(at: number): Promise<string | null> {
    const { dir, run, log, clock } = this.#options;
    const began = clock.monotonic();
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      this.#removeUnproven();
      const unproven = join(dir, `${nameAt(at)}.unproven.tar`);
      for (const command of ['backup', 'verify']) {
        const { code, stderr } = await run([command, unproven]);
        if (code !== 0) return `${command} ended with ${String(code)}: ${stderr.trim().slice(0, 500)}`;
      }
      const file = join(dir, `${nameAt(at)}.tar`);
      renameSync(unproven, file);
      syncFolder(dir);
      this.lastProvenAt = at;
      log.info({ file, ms: Math.round(clock.monotonic() - began) }, 'backup.proven');
      this.#removeOldest();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #proven(): ReturnType<typeof provenBackups> {
    return provenBackups(this.#options.dir, this.#options.clock.now());
  }

  #removeOldest(): void {
    const { dir, keep } = this.#options;
    for (const { name } of this.#proven().slice(0, -keep)) rmSync(join(dir, name), { force: true });
  }

  /** What an attempt left that was broken off. */
  #removeUnproven(): void {
    const { dir } = this.#options;
    for (const name of readdirSync(dir)) if (UNPROVEN.test(name)) rmSync(join(dir, name), { force: true });
  }
}
