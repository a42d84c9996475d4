/** A promise only where the store has to be asked. */
export type MaybePromise<T> = T | Promise<T>;

/** Continues in the same turn where the value is there. */
export const andThen = <A, B>(
  value: MaybePromise<A>,
  next: (value: A) => MaybePromise<B>,
): MaybePromise<B> => (value instanceof Promise ? value.then(next) : next(value));
