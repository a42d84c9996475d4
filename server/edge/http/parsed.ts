import { ParleyError } from '../../protocol/errors.ts';
import type { Services } from '../services.ts';
import type { Exchange } from './answer.ts';
import type { Body } from './body.ts';

/** Settles once uWS has parsed every byte that came in one packet with the end of the request. Resolves when the request still
 *  stands; from then on the connection is not read until it is answered. Rejects when the request is over.
 *
 *  uWS closes a connection that brings another request, or bytes that are no request, while one is unanswered. Within one packet
 *  only that close tells us so. [T1] */
export const parsedToTheEnd = async (body: Promise<Body>, exchange: Exchange): Promise<void> => {
  await body;
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  if (exchange.over)
    throw new ParleyError('bad_request', 'The connection was closed before the request began.');
  exchange.hold();
};

/** The same services, except that whatever changes something waits for `parsed` and is not done when that rejects. Reads and
 *  answers that need no other thread do not wait. */
export const whenParsed = (services: Services, parsed: Promise<void>): Services => {
  // A request that changes nothing never looks at it.
  parsed.catch(() => undefined);
  const ask: Services['ask'] = async (...args) => {
    await parsed;
    return services.ask(...args);
  };
  const write: Services['write'] = async (...args) => {
    await parsed;
    return services.write(...args);
  };
  return { ...services, ask, write };
};
