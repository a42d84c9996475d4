/** Carries the type of the value that the text is of. It exists for the compiler only. */
declare const OF: unique symbol;

/** A value as the JSON that is sent of it: as one string it costs a tenth of what the value costs on the way between two threads. */
export type JsonText<T> = string & { readonly [OF]?: T };

/** What a reader of the value may be given: nothing in it can be changed. */
export type Unchangeable<T> = T extends readonly (infer E)[]
  ? readonly Unchangeable<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Unchangeable<T[K]> }
    : T;

export const jsonText = <T>(value: T): JsonText<T> => JSON.stringify(value);
