import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import process from 'node:process';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { OperatorError } from '../../operator/operator.ts';
import type { Perform } from '../../operator/perform.ts';
import { parseRequest, REQUESTS, type AnswerLine } from '../../operator/requests.ts';
import { firstLine } from './line.ts';
import { parseLine, REQUEST_MAX } from './messages.ts';
import { controlSocketPath } from './socket-path.ts';

export interface ControlDeps {
  /** Locked by this process, so that a socket that lies there already belongs to no server. */
  readonly dataDir: string;
  readonly perform: Perform;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The local socket for the operator's commands, on the main thread. */
export interface ControlServer {
  /** Answers what it has accepted, for at most the time of one command, and removes the socket. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 8;
/** Milliseconds that a client has for its line. */
const CLIENT_MS = 5_000;
/** For reading the answer. */
const READING_MS = 2_000;
/** Only the account of the server may use the socket. */
const SOCKET_UMASK = 0o177;

/** Opens the socket. Without it the server does its work all the same: it logs one warning that says why commands will not reach
 *  it. */
export const openControl = async (deps: ControlDeps): Promise<ControlServer> => {
  const { dataDir, log } = deps;
  const socket = controlSocketPath(dataDir);
  if ('reason' in socket) return without(log, socket.reason);
  try {
    removeStale(socket.path);
    const open = new OpenControl(deps);
    await open.listen(socket.path);
    return open;
  } catch (error) {
    return without(log, error instanceof Error ? error.message : String(error));
  }
};

const without = (log: Logger, reason: string): ControlServer => {
  log.warn({ reason }, 'control.unavailable');
  return { close: () => Promise.resolve() };
};

/** Removes the socket of a server that was killed. Anything else that has its name stays, and listening fails. */
const removeStale = (path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
};

class OpenControl implements ControlServer {
  readonly #deps: ControlDeps;
  readonly #server: Server;
  /** Those whose line has not come yet. */
  readonly #silent = new Set<Socket>();

  constructor(deps: ControlDeps) {
    this.#deps = deps;
    // Half open, so that a client may end its side after its line.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      void this.#serve(socket);
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      // `listen` makes the file before it returns, so that no moment passes in which others may connect.
      const umask = process.umask(SOCKET_UMASK);
      try {
        this.#server.listen(path, () => {
          this.#server.removeListener('error', reject);
          this.#server.on('error', (error) => {
            this.#deps.log.error({ err: error }, 'control.failed');
          });
          resolve();
        });
      } finally {
        process.umask(umask);
      }
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      for (const socket of this.#silent) socket.destroy();
    });
  }

  /** One line, one answer. Never rejects. */
  async #serve(socket: Socket): Promise<void> {
    // A client that has gone is no fault of the server.
    socket.on('error', () => undefined);
    const line = await this.#lineOf(socket);
    if (socket.destroyed) return;
    const answer = line instanceof Error ? refusal(line) : await this.#answerTo(line);
    this.#endWithin(READING_MS, socket);
    if (socket.writable) socket.end(`${JSON.stringify(answer)}\n`);
    else socket.destroy();
    // Discards what is left, so that the end of the other side is seen.
    socket.resume();
  }

  async #lineOf(socket: Socket): Promise<string | Error> {
    this.#silent.add(socket);
    const deadline = this.#endWithin(CLIENT_MS, socket);
    try {
      return await firstLine(socket, REQUEST_MAX);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      deadline.cancel();
      this.#silent.delete(socket);
    }
  }

  #endWithin(ms: number, socket: Socket): Timer {
    const deadline = this.#deps.clock.after(ms, () => {
      socket.destroy();
    });
    socket.once('close', () => {
      deadline.cancel();
    });
    return deadline;
  }

  async #answerTo(line: string): Promise<AnswerLine> {
    const { log, perform, clock } = this.#deps;
    const request = parseRequest(parseLine(line));
    if (request === null)
      return refusal(new Error('This server does not know that command: is it of another version?'));
    const { command, by } = request;
    try {
      const result = await inTime(perform(request), REQUESTS[command].timeoutMs, clock);
      log.info({ command, account: by.account }, 'control.command');
      return { ok: true, result };
    } catch (error) {
      const isTold = error instanceof OperatorError || error instanceof ParleyError;
      if (error instanceof OperatorError)
        log.info({ command, account: by.account, reason: error.message }, 'control.refused');
      else log.error({ err: error, command, account: by.account }, 'control.command-failed');
      return refusal(isTold ? error : new Error('Something went wrong in the server. Its log says what.'));
    }
  }
}

/** Rejects when the work takes longer than `ms`. It may be carried out nevertheless. */
const inTime = <T>(work: Promise<T>, ms: number, clock: Clock): Promise<T> =>
  new Promise((resolve, reject) => {
    const deadline = clock.after(ms, () => {
      reject(new OperatorError('The server did not finish this in time.'));
    });
    work.then(resolve, reject).finally(() => {
      deadline.cancel();
    });
  });

const refusal = (error: unknown): AnswerLine => ({
  ok: false,
  message: error instanceof Error ? error.message : String(error),
});
