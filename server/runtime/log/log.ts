import { fstatSync } from 'node:fs';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { pino } from 'pino';
import { systemClock } from '../clock.ts';
import { LogPorts, logToParent } from './log-port.ts';
import { Output } from './output.ts';
import { openSink } from './sink.ts';

/** One JSON line per event on stdout. Ids only: no message text, token, password or name. No thread ever waits for whoever
 *  reads it: the main thread writes for all without blocking, see Output. */
export type Logger = pino.Logger;

const STDOUT = 1;
const STDERR = 2;
/** How long the end of the process waits for the last lines to be read. */
const EXIT_WITHIN_MS = 500;

export const openLog = (level: string, thread: string): Logger => pinoTo(lines(), level, thread);

const pinoTo = (write: (line: string) => void, level: string, thread: string): Logger =>
  pino(
    { level, base: { on: thread }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'msg' },
    { write },
  );

let toParent: ((line: string) => void) | undefined;
/** Where this thread's lines go. */
const lines = (): ((line: string) => void) =>
  isMainThread
    ? (line) => {
        stdout().write(prefixed(STDOUT, line));
      }
    : (toParent ??= logToParent());

/** Of the main thread. An output is opened by its first line. */
const outputs = new Map<number, Output>();
const outputOf = (fd: number, gap: (lines: number) => string): Output => {
  let output = outputs.get(fd);
  if (output === undefined) {
    if (outputs.size === 0) process.on('exit', finish);
    output = new Output({ sink: openSink(fd), clock: systemClock, gap });
    outputs.set(fd, output);
  }
  return output;
};
const stdout = (): Output =>
  outputOf(STDOUT, (dropped) => {
    let line = '';
    const capture = pinoTo((text) => (line = text), 'warn', 'edge');
    capture.warn({ lines: dropped }, 'log.lines-dropped');
    return prefixed(STDOUT, line);
  });
const stderr = (): Output => outputOf(STDERR, (dropped) => `(${String(dropped)} lines are missing here)\n`);

const ports = new LogPorts(() => ({
  write: (line) => {
    stdout().write(prefixed(STDOUT, line));
  },
  countDropped: (dropped) => {
    stdout().countDropped(dropped);
  },
}));

/** What a worker says to the thread that started it, besides its tasks: where its log lines come from. */
export const adoptLogOf = (message: unknown): void => {
  ports.adopt(message);
};

/** Figures of the log: lines dropped since the start, bytes that wait for the reader of stdout. */
export const logFigures = (): { readonly dropped: number; readonly waitingBytes: number } =>
  outputs.get(STDOUT) ?? { dropped: 0, waitingBytes: 0 };

/** Prints a sentence for whoever started the server, on stderr. Main thread only. */
export const tellStarter = (text: string, urgency: 'error' | 'info' = 'error'): void => {
  const line = journals.has(STDERR) ? `<${urgency === 'error' ? '3' : '6'}>${text.trim()}` : text;
  stderr().write(`${line}\n`);
};

/** Node's warnings become log lines; Node itself would write them to stderr and wait for its reader. */
export const logWarnings = (log: Logger): void => {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    log.warn({ name, reason: message }, 'node.warning');
  });
};

/** Outputs that the system's journal reads itself. */
const journals = new Set<number>();

/** `stream`: JOURNAL_STREAM of the environment, `device:inode` of the output that systemd connected to its journal. Lines to it
 *  begin with their priority as systemd wants it (`sd-daemon(3)`), so that `journalctl -p warning` finds them. */
export const useJournal = (stream: string | undefined): void => {
  for (const fd of [STDOUT, STDERR]) {
    const { dev, ino } = fstatSync(fd);
    if (stream === `${String(dev)}:${String(ino)}`) journals.add(fd);
  }
};

/** Syslog's numbers of pino's levels. */
const PRIORITIES: Readonly<Record<string, number>> = { 10: 7, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 };

const prefixed = (fd: number, line: string): string => {
  if (!journals.has(fd)) return line;
  const level = /^\{"level":(\d+),/.exec(line)?.[1] ?? '';
  return `<${String(PRIORITIES[level] ?? 6)}>${line}`;
};

/** Past this the exit goes on without the rest. */
const finish = (): void => {
  ports.drain();
  const ended = [...outputs.values()].map((output) => output.finish(EXIT_WITHIN_MS));
  // The exit would wait for a write that blocks in libuv's pool. This happens only if the output could not be made non-blocking.
  if (ended.includes(false)) process.kill(process.pid, 'SIGKILL');
};
