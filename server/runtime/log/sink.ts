import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { platform } from 'node:process';

/** Writes bytes to one of the process's outputs without blocking a thread that serves requests. */
export interface Sink {
  /** Whether a write may take as long as the reader (or the disk) likes. Such an output is written to by a thread of libuv's
   *  pool, one write at a time; any other is asked directly, and refuses what does not fit. */
  readonly waits: boolean;
  /** A regular file: a write may be slow, but ends. */
  readonly isFile: boolean;
  /** Bytes that went in; 0 when the reader stands still. Only where `waits` is false, or at the exit of the process.
   *  @throws the system's error, such as ENOSPC or EPIPE */
  writeNow(bytes: Uint8Array): number;
  writeLater(bytes: Uint8Array, done: (error: Error | null, taken: number) => void): void;
}

/** The sink of file descriptor 1 or 2. A pipe, a socket or a terminal blocks its writer once it is full, in libuv's pool as
 *  well, and a thread that is blocked there holds up the end of the process: so these are written without blocking. */
export const openSink = (fd: number): Sink => {
  const stats = fstatSync(fd);
  if (stats.isFile()) return sinkOf(fd, { waits: true, isFile: true });
  const own = reopened(fd);
  if (own !== null) return sinkOf(own, { waits: false, isFile: false });
  if ((stats.isFIFO() || stats.isSocket()) && platform !== 'win32') {
    // libuv makes the descriptor non-blocking, for as long as the handle lives. It is not used for anything else.
    const handle = new Socket({ fd, readable: false, writable: true });
    handle.on('error', () => undefined).unref();
    kept.push(handle);
    return sinkOf(fd, { waits: false, isFile: false });
  }
  return sinkOf(fd, { waits: true, isFile: false });
};

/** Keeps the handles reachable: garbage collection of one would close its descriptor. */
const kept: Socket[] = [];

/** The same pipe or terminal with a mode of its own: whoever shares our descriptor (a shell, its other commands) keeps a
 *  blocking one. Null where the system has no such way, or does not allow it. */
const reopened = (fd: number): number | null => {
  if (platform !== 'linux') return null;
  try {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
    return openSync(`/proc/self/fd/${String(fd)}`, flags);
  } catch {
    return null;
  }
};

const sinkOf = (fd: number, kind: { waits: boolean; isFile: boolean }): Sink => ({
  ...kind,
  writeNow: (bytes) => {
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  },
  writeLater: (bytes, done) => {
    write(fd, bytes, done);
  },
});
