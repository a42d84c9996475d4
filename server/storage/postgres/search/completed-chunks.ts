import { chunkOf } from '../../search/postings.ts';

/** The chunks of a log that are complete once its cursor has moved from `before` to `after`: nothing is ever added to them. */
export const completedChunks = (before: number, after: number): readonly number[] => {
  const first = chunkOf(before + 1);
  const end = chunkOf(after + 1);
  return Array.from({ length: end - first }, (_, at) => first + at);
};
