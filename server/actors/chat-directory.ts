import { makeDirectory, type Directory } from '../runtime/directory.ts';

/** Where each kind lives: what is not named here is spread over the shards. Shards have no links with each other, so whom actors of
 *  a shard ask lives elsewhere: a login throttle on the edge, where attempts come in. */
export const chatDirectory = (shards: number): Directory =>
  makeDirectory(
    {
      session: 'edge',
      edge: 'edge',
      helper: 'edge',
      tokens: 'edge',
      'login-throttle': 'edge',
      writer: 'writer',
    },
    shards,
  );
