import type { Clock } from '../../runtime/clock.ts';
import type { Exchange, StreamedBody, StreamEnd, WireAnswer } from './answer.ts';

/** Bytes of one write; larger than what uWS keeps to itself, see `Exchange.push`. */
const WRITE_BYTES = 64 * 1024;
/** Milliseconds in which a client has to take one write: at least 1 KiB a second. Without a limit one that does not read would keep its
 *  place for ever. */
export const STALLED_MS = 60_000;

export interface SendOptions {
  readonly clock: Clock;
  /** The request said `Connection: close`. */
  readonly clientCloses: boolean;
}

/** Sends an answer with a streamed body as fast as the client reads it. Unless it is sent to its end, the connection is cut, and the
 *  client sees that the answer is not whole. Never rejects. */
export const sendStream = async (
  exchange: Exchange,
  answer: WireAnswer,
  body: StreamedBody,
  options: SendOptions,
): Promise<void> => {
  const cut = (): void => {
    exchange.cutOff();
  };
  if (body.cut.aborted) cut();
  body.cut.addEventListener('abort', cut, { once: true });
  let end: StreamEnd;
  let cause: unknown;
  try {
    end = await (body.length === undefined
      ? sent(exchange, answer, body, options)
      : sentSized(exchange, answer, { ...body, length: body.length }, options));
  } catch (error) {
    cause = error;
    end = exchange.over ? 'gone' : 'failed';
  }
  body.cut.removeEventListener('abort', cut);
  exchange.cutOff();
  body.ended(body.cut.aborted && end !== 'sent' ? 'cut' : end, cause);
};

/** A body that has its length in the head: what uWS did not take of a piece is offered again when there is room. */
const sentSized = async (
  exchange: Exchange,
  answer: WireAnswer,
  { chunks, length }: Pick<StreamedBody, 'chunks'> & { readonly length: number },
  options: SendOptions,
): Promise<StreamEnd> => {
  let hasBegun = false;
  let left = length;
  for await (const chunk of chunks) {
    left -= chunk.byteLength;
    if (left < 0) throw new Error('a body is longer than it was said to be');
    if (exchange.over) return 'gone';
    if (!hasBegun) exchange.beginSized(answer, options);
    hasBegun = true;
    for (let rest = exchange.offer(chunk, length); rest.length > 0; rest = exchange.offer(rest, length)) {
      if (rest === 'sent') return 'sent';
      const state = await exchange.room(options.clock, STALLED_MS);
      if (state !== 'room') return state === 'over' ? 'gone' : 'stalled';
    }
  }
  throw new Error('a body is shorter than it was said to be');
};

const sent = async (
  exchange: Exchange,
  answer: WireAnswer,
  { chunks }: Pick<StreamedBody, 'chunks'>,
  options: SendOptions,
): Promise<StreamEnd> => {
  let hasBegun = false;
  let pieces: Uint8Array[] = [];
  let size = 0;
  const taken = (): Uint8Array => {
    const whole = Buffer.concat(pieces);
    pieces = [];
    size = 0;
    return whole;
  };
  for await (const chunk of chunks) {
    if (exchange.over) return 'gone';
    pieces.push(chunk);
    size += chunk.byteLength;
    if (!hasBegun) {
      hasBegun = true;
      exchange.begin(answer, options, taken());
    } else if (size >= WRITE_BYTES && !exchange.push(taken())) {
      const state = await exchange.room(options.clock, STALLED_MS);
      if (state !== 'room') return state === 'over' ? 'gone' : 'stalled';
    }
  }
  if (exchange.over) return 'gone';
  if (size > 0) exchange.push(taken());
  return exchange.finish(answer.close === true || options.clientCloses) ? 'sent' : 'gone';
};
