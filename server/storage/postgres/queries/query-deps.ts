import type { Clock } from '../../../runtime/clock.ts';
import type { Database } from '../sql.ts';

/** What queries are made of. */
export interface PostgresQueryDeps {
  readonly database: Pick<Database, 'query' | 'snapshot'>;
  readonly clock: Clock;
}

/** PostgreSQL stores no NUL, so that nothing stored equals or holds a text with one; as a value it would be a fault. */
export const isStorable = (text: string): boolean => !text.includes('\0');
