import { encodeEvent } from '../protocol/encode.ts';
import type { Host } from '../runtime/host.ts';
import type { LoggedEvent } from '../storage/store.ts';
import { edge } from './refs.ts';

/** Tells the edge of events that are in people's logs now. The writer alone does so, after each commit and in its order: from one
 *  source the numbers of a log come as they rise. [P4] */
export const deliver = (events: readonly LoggedEvent[], { tell, ids }: Pick<Host, 'tell' | 'ids'>): void => {
  for (const { userId, event } of events) {
    tell(edge, { type: 'deliver', userId, cursor: event.cursor, frame: encodeEvent(event, ids.next()) });
  }
};
