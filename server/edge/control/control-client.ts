import { connect, type Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { firstLine } from './line.ts';
import { ANSWER, REQUESTS, type Answer, type Request, type RequestName } from '../../operator/requests.ts';
import { ANSWER_MAX, parseLine } from './messages.ts';
import { controlSocketPath } from './socket-path.ts';

/** What came of asking the server of a data directory. `unreachable`: nobody listens there, and why. */
export type ServerAnswer<N extends RequestName> =
  | { readonly ok: true; readonly result: Answer<N> }
  | { readonly ok: false; readonly message: string }
  | { readonly unreachable: string };

/** Milliseconds for the connection, beyond the time that the command itself may take. */
const CONNECTION_MS = 10_000;
/** What `connect` says where no server listens: no file, or the one of a server that was killed. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR']);

/** Asks the running server of a data directory, for an operator's command. Rejects if the server took the request and then did not
 *  answer it: it may have carried it out. */
export const askServer = async <N extends RequestName>(
  dataDir: string,
  request: Request<N>,
  clock: Clock,
): Promise<ServerAnswer<N>> => {
  const at = controlSocketPath(dataDir);
  if ('reason' in at) return { unreachable: at.reason };
  const socket = connect(at.path);
  const { timeoutMs, answer: known } = REQUESTS[request.command];
  const deadline = clock.after(timeoutMs + CONNECTION_MS, () => {
    socket.destroy(new Error('it did not answer in time'));
  });
  try {
    const refused = await connected(socket);
    if (refused !== null) {
      const reason = NOBODY.has(refused) ? 'nobody listens there' : refused;
      return { unreachable: `${at.path}: ${reason}` };
    }
    const line = firstLine(socket, ANSWER_MAX);
    socket.write(`${JSON.stringify(request)}\n`);
    const answer = ANSWER.safeParse(parseLine(await line));
    if (answer.success && !answer.data.ok) return answer.data;
    const result = answer.success && answer.data.ok ? known.safeParse(answer.data.result) : null;
    if (result?.success !== true) throw new Error('it gave an answer that this command does not know');
    return { ok: true, result: result.data as Answer<N> };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The server at ${at.path} has not carried the command out for certain: ${reason}.`, {
      cause: error,
    });
  } finally {
    deadline.cancel();
    socket.destroy();
  }
};

/** Null once the socket is connected, or the system's code for why it is not. */
const connected = (socket: Socket): Promise<string | null> =>
  new Promise((resolve) => {
    socket.once('connect', () => {
      resolve(null);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
  });
