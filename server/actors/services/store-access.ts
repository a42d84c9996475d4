import type { JsonText } from '../../protocol/json-text.ts';
import type { Host } from '../../runtime/host.ts';
import type { QueryName, Reads } from '../../storage/reads.ts';
import type { Write } from '../../storage/writes.ts';
import { helper, type JsonQuestion, type QueryQuestion } from './helper.ts';
import { writer, type WriteQuestion } from './writer.ts';

const WRITE_TIMEOUT_MS = 10_000;
const READ_TIMEOUT_MS = 10_000;

/** The store, reached through the writer and the helper pool. */
export interface StoreAccess {
  /** A durable change; resolves after its commit. Rejects `unavailable`. */
  readonly write: Write;
  /** A query in the helper pool. Rejects `unavailable` when its queue is full. */
  readonly read: <Q extends QueryName>(
    name: Q,
    ...args: Parameters<Reads[Q]>
  ) => Promise<ReturnType<Reads[Q]>>;
}

export interface JsonAccess {
  /** `read`, for an answer that is sent as the store gives it. */
  readonly readJson: <Q extends QueryName>(
    name: Q,
    ...args: Parameters<Reads[Q]>
  ) => Promise<JsonText<NonNullable<ReturnType<Reads[Q]>>> | null>;
}

/** The casts join a name's type with its own arguments again, which a generic call cannot show the compiler. */
export const storeAccess = (host: Pick<Host, 'ask'>): StoreAccess & JsonAccess => ({
  write: (type, input) => host.ask(writer, { type, input } as unknown as WriteQuestion, WRITE_TIMEOUT_MS),
  read: (name, ...args) =>
    host.ask(helper, { type: 'query', name, args } as unknown as QueryQuestion, READ_TIMEOUT_MS) as never,
  readJson: (name, ...args) =>
    host.ask(helper, { type: 'json', name, args } as unknown as JsonQuestion, READ_TIMEOUT_MS) as never,
});
