import type { Queries, QueryName } from '../reads.ts';
import { cannotRead, damagedHere } from '../read-fault.ts';
import { DatabaseError, isDamage } from './database-error.ts';

/** Queries whose rejections are those of the contract. `onFault`: a query met a fault of the database or of the way there; `code` is
 *  an SQLSTATE or what the network said. */
export const answerable = (queries: Queries, onFault?: (code: string) => void): Queries => {
  const guarded =
    (name: QueryName): AnyQuery =>
    async (...args) => {
      try {
        return await (queries[name] as AnyQuery)(...args);
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.kind === 'statement') throw error;
        onFault?.(error.code);
        throw isDamage(error) ? damagedHere(error) : cannotRead(error);
      }
    };
  const names = Object.keys(queries) as QueryName[];
  // The names and types stay as they are, which entries of an object cannot show the compiler.
  return Object.fromEntries(names.map((name) => [name, guarded(name)])) as unknown as Queries;
};

type AnyQuery = (...args: readonly unknown[]) => Promise<unknown>;
