import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { eventually } from '../support/eventually.ts';
import { makeDir, removeDir, type Scope } from '../support/temp-dir.ts';
import { NotRun } from './fault.ts';

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: from here on nothing reaches the disk, the journal and all caches
 *  included, as when the power goes. */
const CUT = `
import fcntl, os, struct, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(fd, 0x8004587D, struct.pack('I', 2))
`;

const run = (command: string, ...args: readonly string[]): void => {
  execFileSync(command, args, { stdio: 'pipe' });
};

const need = (what: string, command: string, ...args: readonly string[]): void => {
  try {
    run(command, ...args);
  } catch (error) {
    throw new NotRun(`${what}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
};

/** A disk of its own, an ext4 image on a loop device, whose power can be cut. What it models is a file system that loses
 *  everything that was not synced, not a drive that lies about syncing. */
export class Ext4Disk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #image: string;

  private constructor(path: string, image: string) {
    this.path = path;
    this.#image = image;
  }

  static make(scope: Scope, megabytes: number): Ext4Disk {
    if (process.getuid?.() !== 0) throw new NotRun('needs root for a loop mount');
    const folder = makeDir();
    scope.after(() => {
      removeDir(folder);
    });
    const [image, path] = [join(folder, 'disk.img'), join(folder, 'disk')];
    run('truncate', '-s', `${String(megabytes)}M`, image);
    need('no mkfs.ext4', 'mkfs.ext4', '-q', image);
    run('mkdir', path);
    need('no python3 for the ioctl', 'python3', '-c', '');
    need('no loop device', 'mount', '-o', 'loop,errors=remount-ro', image, path);
    scope.after(() => {
      run('umount', '--lazy', path);
    });
    return new Ext4Disk(path, image);
  }

  cut(): void {
    run('python3', '-c', CUT, this.path);
  }

  /** The file system meets an error and makes itself read-only, under open files. */
  failReadOnly(): void {
    const device = execFileSync('findmnt', ['-n', '-o', 'SOURCE', this.path], { encoding: 'utf8' }).trim();
    writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, 'test');
  }

  remount(as: 'ro' | 'rw'): void {
    run('mount', '-o', `remount,${as}`, this.path);
  }

  /** The power is back: whoever had files open on it must have closed them or ended. */
  async restore(): Promise<void> {
    await eventually('the dead disk to be let go', () => {
      try {
        run('umount', this.path);
        return true;
      } catch {
        return false;
      }
    });
    run('mount', '-o', 'loop,errors=remount-ro', this.#image, this.path);
  }
}
