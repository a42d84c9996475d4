import { pairOf, type Pair } from '../../pair.ts';
import type { WriteMessage, WriteName } from '../../writes.ts';

/** The writes that many share a transaction: those of the rules. */
const BATCHED = [
  'appendMessage',
  'setReaction',
  'advancePosition',
  'openConversation',
  'hideConversation',
  'changeSettings',
  'setBlock',
] as const;

export type BatchedName = (typeof BATCHED)[number];
export type BatchedWrite = Extract<WriteMessage, { type: BatchedName }>;

export const isBatched = (type: WriteName): type is BatchedName =>
  (BATCHED as readonly WriteName[]).includes(type);

/** The two users that a write concerns: their locks are taken, and their conversation is loaded. */
export const pairConcerned = (write: BatchedWrite): Pair =>
  write.type === 'openConversation' || write.type === 'setBlock'
    ? pairOf(write.input.userId, write.input.peerId)
    : write.input.pair;

/** The ids of all users that these writes concern. */
export const usersConcerned = (writes: readonly BatchedWrite[]): ReadonlySet<string> =>
  new Set(writes.map(pairConcerned).flatMap(({ first, second }) => [first, second]));
