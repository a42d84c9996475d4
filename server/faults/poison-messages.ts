import type { WriteMessage } from '../storage/writes.ts';
import { injectDeath } from './thread-death.ts';

const ORDER = /^poison (?:(write) throw|writer (exit|oom|hang))$/;

/** A message whose text is an order takes down what handles it, whenever it is handled: its own write fails, or the writer's
 *  thread dies. */
export const injectPoison = (batch: readonly WriteMessage[]): readonly WriteMessage[] =>
  batch.map((write) => {
    if (write.type !== 'appendMessage') return write;
    const [, throws, death] = ORDER.exec(write.input.content) ?? [];
    if (death !== undefined) injectDeath(death);
    // An id that is none: the store throws at it.
    return throws !== undefined ? { ...write, input: { ...write.input, messageId: 'poison' } } : write;
  });
