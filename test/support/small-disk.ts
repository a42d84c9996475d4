import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDir, removeDir, type Scope } from './temp-dir.ts';

/** A disk of its own of a few megabytes, to be filled to the last byte; null where mounting is not allowed. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static mount(scope: Scope, megabytes: number): SmallDisk | null {
    const path = makeDir();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'parley-test', path], {
        stdio: 'pipe',
      });
    } catch {
      removeDir(path);
      return null;
    }
    scope.after(() => {
      execFileSync('umount', ['--lazy', path]);
      removeDir(path);
    });
    return new SmallDisk(path);
  }

  get #ballast(): string {
    return join(this.path, 'ballast');
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Until nothing more goes in, or until so much is left. */
  fill(leave = 0): void {
    for (let part = 0; this.freeBytes > leave; part += 1) {
      try {
        writeFileSync(`${this.#ballast}.${String(part)}`, Buffer.alloc(this.freeBytes - leave));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        return;
      }
    }
  }

  free(): void {
    for (let part = 0; part < 10; part += 1) rmSync(`${this.#ballast}.${String(part)}`, { force: true });
  }

  readOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.path]);
  }
}
