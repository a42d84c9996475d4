import { join, relative } from 'node:path';
import process from 'node:process';

/** The file of the local socket in the data directory. */
export const SOCKET_FILE = 'parley.sock';

/** Bytes that an address of a Unix socket can hold. The system cuts a longer one off without a word, and then uses another file. */
const PATH_MAX = process.platform === 'darwin' ? 103 : 107;

/** Where the server of a data directory listens for the operator's commands, or why it cannot. The path may be relative to the
 *  working directory, if that is shorter. */
export const controlSocketPath = (
  dataDir: string,
): { readonly path: string } | { readonly reason: string } => {
  if (process.platform === 'win32') return { reason: 'this system has no Unix sockets with file modes' };
  const whole = join(dataDir, SOCKET_FILE);
  const near = relative(process.cwd(), whole);
  const path = near.length < whole.length ? near : whole;
  const length = Buffer.byteLength(path);
  if (length <= PATH_MAX) return { path };
  return {
    reason: `the path ${whole} has ${String(length)} bytes, and a socket's path has at most ${String(PATH_MAX)}`,
  };
};
