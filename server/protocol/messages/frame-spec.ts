import type * as z from 'zod/mini';

/** Which of a user's budgets a frame takes from [R3] [R4]: `send` for what is stored, `signal` for what is only forwarded, `none`
 *  for what costs no more than the frame itself. */
type Budget = 'send' | 'signal' | 'none';

/** A frame that clients send. */
export interface ClientFrameSpec<P extends z.ZodMiniType = z.ZodMiniType> {
  readonly payload: P;
  /** What it means, for the API document. */
  readonly meaning: string;
  /** The type of the server's frame that answers it, which `client-frames.ts` checks; null when nothing does. Any frame may be
   *  answered by `error` instead. */
  readonly answer: string | null;
  readonly budget: Budget;
  /** The protocol version that brought it. */
  readonly since: number;
}

/** How a device that connects without a cursor learns what the events of a durable type say. It gets no replay of the log [O6].
 *  `undelivered`: the events that no device has acknowledged are sent. `resource`: what they say is a field of a resource, which the
 *  device reads anyway. `nothing`: it does not learn it, because it needs only later events. */
type Durable = false | { readonly freshFrom: 'undelivered' | 'resource' | 'nothing' };

/** A frame that the server sends. */
export interface ServerFrameSpec<P extends z.ZodMiniType = z.ZodMiniType> {
  readonly payload: P;
  /** Durable frames are events of a user's log and carry a `cursor` [D3]. */
  readonly durable: Durable;
  readonly meaning: string;
  readonly since: number;
}

/** Both keep the exact types of what they are given. */
export const clientSpec = <const S extends ClientFrameSpec>(spec: S): S => spec;
export const serverSpec = <const S extends ServerFrameSpec>(spec: S): S => spec;
