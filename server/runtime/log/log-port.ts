import { MessageChannel, MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { Output } from './output.ts';

/** Log lines of a worker reach the main thread, which writes them, through a port of their own. The port keeps what was posted
 *  if the worker dies. */

/** What a worker's first message offers to the thread that started it. */
interface Offer {
  readonly logPort: MessagePort;
  /** Shared: bytes on their way, and lines dropped because too many were. */
  readonly onTheWay: Int32Array;
}
const BYTES = 0;
const DROPPED = 1;

/** Bytes of one worker that the main thread has not taken in yet. */
const ON_THE_WAY_MAX_BYTES = 256 * 1024;

/** The worker's end: takes a line and never blocks. Past the bound lines are dropped and counted. */
export const logToParent = (): ((line: string) => void) => {
  const { port1, port2 } = new MessageChannel();
  const onTheWay = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  parentPort?.postMessage({ logPort: port2, onTheWay } satisfies Offer, [port2]);
  port1.unref();
  return (line) => {
    const bytes = Buffer.byteLength(line);
    if (Atomics.load(onTheWay, BYTES) + bytes > ON_THE_WAY_MAX_BYTES) {
      Atomics.add(onTheWay, DROPPED, 1);
      return;
    }
    Atomics.add(onTheWay, BYTES, bytes);
    port1.postMessage(line);
  };
};

/** The main thread's ends. */
export class LogPorts {
  readonly #output: () => Pick<Output, 'write' | 'countDropped'>;
  readonly #open = new Map<MessagePort, Int32Array>();

  /** `output`: asked for at the first line. */
  constructor(output: () => Pick<Output, 'write' | 'countDropped'>) {
    this.#output = output;
  }

  /** Takes what a worker offers; other messages of it are left alone. */
  adopt(message: unknown): void {
    if (!isOffer(message)) return;
    const { logPort, onTheWay } = message;
    this.#open.set(logPort, onTheWay);
    logPort.on('message', (line: string) => {
      this.#take(line, onTheWay);
    });
    logPort.on('close', () => {
      this.#open.delete(logPort);
      this.#takeDropped(onTheWay);
    });
    logPort.unref();
  }

  /** At the exit, when no event comes any more: what was posted until now. */
  drain(): void {
    for (const [port, onTheWay] of this.#open) {
      for (;;) {
        const received = receiveMessageOnPort(port) as { message: string } | undefined;
        if (received === undefined) break;
        this.#take(received.message, onTheWay);
      }
      this.#takeDropped(onTheWay);
    }
  }

  #take(line: string, onTheWay: Int32Array): void {
    Atomics.sub(onTheWay, BYTES, Buffer.byteLength(line));
    this.#output().write(line);
    if (Atomics.load(onTheWay, BYTES) === 0) this.#takeDropped(onTheWay);
  }

  /** Once the lines from before the gap are written. */
  #takeDropped(onTheWay: Int32Array): void {
    const dropped = Atomics.exchange(onTheWay, DROPPED, 0);
    if (dropped > 0) this.#output().countDropped(dropped);
  }
}

const isOffer = (message: unknown): message is Offer =>
  typeof message === 'object' &&
  message !== null &&
  'logPort' in message &&
  message.logPort instanceof MessagePort &&
  'onTheWay' in message &&
  message.onTheWay instanceof Int32Array;
