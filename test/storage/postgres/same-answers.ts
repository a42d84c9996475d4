import assert from 'node:assert/strict';
import { systemClock } from '../../../server/runtime/clock.ts';
import { openDatabase, type MeasuredDatabase } from '../../../server/storage/postgres/database.ts';
import type { LogPage, Queries, SearchPage } from '../../../server/storage/reads.ts';
import { copyToPostgres } from '../../support/copy-to-postgres.ts';
import { freshDatabase, optionsOf } from '../../support/postgres.ts';
import type { Scope } from '../../support/temp-dir.ts';

type AnyQuery = (...args: readonly unknown[]) => unknown;

/** A PostgreSQL with the content of a data folder. */
export const copyOf = async (
  scope: Scope,
  dataDir: string,
): Promise<{ readonly database: MeasuredDatabase; readonly url: string }> => {
  const url = await freshDatabase(scope);
  await copyToPostgres(dataDir, url);
  const connection = optionsOf(url);
  const database = openDatabase({ connection, purpose: 'write', connections: 3, clock: systemClock });
  scope.after(() => database.close());
  return { database, url };
};

/** Asks two stores the same, and compares. */
export class SameAnswers {
  readonly other: Queries;
  readonly #first: Queries;
  /** Answers that were equal, and those of them that held anything. */
  compared = 0;
  telling = 0;

  constructor(first: Queries, other: Queries) {
    this.#first = first;
    this.other = other;
  }

  async same<Q extends keyof Queries>(query: Q, ...args: Parameters<Queries[Q]>): Promise<void> {
    const expected = await (this.#first[query] as AnyQuery)(...args);
    const found = await (this.other[query] as AnyQuery)(...args);
    this.#equal(found, expected, `${query} ${JSON.stringify(args)}`);
  }

  /** Their order is that of rows, which means nothing to whoever is told. */
  async samePartners(userId: string): Promise<void> {
    const sorted = async (queries: Queries): Promise<readonly string[]> =>
      [...(await queries.partners(userId))].sort();
    this.#equal(await sorted(this.other), await sorted(this.#first), `partners ${userId}`);
  }

  /** Pages may end at other cursors; what they hold together may not differ. */
  async sameLog(
    query: 'eventsAfter' | 'undelivered',
    userId: string,
    from: number,
    limit: number,
  ): Promise<void> {
    const whole = async (queries: Queries): Promise<unknown> => {
      const events = [];
      for (let at = from; ;) {
        const page: LogPage = await queries[query](userId, at, limit);
        events.push(...page.events);
        assert.ok(page.events.length <= limit, 'no more than were asked for');
        if (!page.more) return { events, cursor: page.cursor };
        assert.ok(page.cursor > at, 'each page goes on');
        at = page.cursor;
      }
    };
    this.#equal(
      await whole(this.other),
      await whole(this.#first),
      `${query} ${JSON.stringify([userId, from, limit])}`,
    );
  }

  /** All pages of a search that is continued until it is full, or has seen everything. */
  async sameSearch(
    viewer: string,
    q: string,
    options: { type?: 'messages'; limit: number; before?: string },
  ): Promise<void> {
    const whole = async (queries: Queries): Promise<SearchPage> => {
      const page: SearchPage = await queries.search(viewer, q, options);
      for (let below = page.next; below !== null;) {
        const limit = options.limit - page.messages.length;
        const more: SearchPage = await queries.search(viewer, q, { type: 'messages', limit, below });
        page.messages.push(...more.messages);
        below = more.next;
      }
      return { ...page, next: null };
    };
    const says = `search ${JSON.stringify([viewer, q, options])}`;
    this.#equal(await whole(this.other), await whole(this.#first), says);
  }

  #equal(found: unknown, expected: unknown, says: string): void {
    try {
      assert.deepEqual(found, expected);
    } catch (error) {
      throw new Error(`${says}\n${(error as Error).message}`);
    }
    this.compared += 1;
    const text = JSON.stringify(expected);
    if (text !== 'null' && text !== '[]' && !text.startsWith('{"events":[]')) this.telling += 1;
  }
}
