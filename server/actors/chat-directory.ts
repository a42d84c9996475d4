import { makeDirectory, type Directory } from '../runtime/directory.ts';

/** Where each kind lives: what is not named here is spread over the shards. */
export const chatDirectory = (shards: number): Directory =>
  makeDirectory({ session: 'edge', edge: 'edge', helper: 'edge', tokens: 'edge', writer: 'writer' }, shards);
