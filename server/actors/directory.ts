import { makeDirectory, type Directory } from '../runtime/directory.ts';

/** The thread of each kind of actor; kinds that are not named here are spread over the shards. Shards have no links with each
 *  other, so actors that actors of a shard ask are elsewhere: login throttles on the edge, where attempts arrive. */
export const chatDirectory = (shards: number): Directory =>
  makeDirectory(
    {
      connection: 'edge',
      edge: 'edge',
      helper: 'edge',
      tokens: 'edge',
      tracing: 'edge',
      'login-throttle': 'edge',
      writer: 'writer',
      'database-copy': 'writer',
      notices: 'writer',
    },
    shards,
  );
