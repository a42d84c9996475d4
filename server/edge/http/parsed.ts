import { ParleyError } from '../../protocol/errors.ts';
import type { Exchange } from './answer.ts';

/** Settles once uWS has parsed every byte of the packet that contained the end of the request. Resolves if the request is still
 *  open; from then on the connection is not read until the request is answered. Rejects if the request is over.
 *
 *  uWS closes a connection if another request, or other bytes, arrive while one is unanswered. If they are in the same packet,
 *  that close is the only sign of them [T1]. */
export const parsedToTheEnd = async (body: Promise<unknown>, exchange: Exchange): Promise<void> => {
  await body;
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  if (exchange.over)
    throw new ParleyError('bad_request', 'The connection was closed before the request began.');
  exchange.hold();
};
