import type { Clock } from '../../../runtime/clock.ts';
import type { QueryName, Reads } from '../../reads.ts';
import type { ReadStatements, Rx } from '../transactions.ts';
import { Chains, ChainStatements } from './chains.ts';
import { Rows, RowStatements } from './rows.ts';

/** The queries of the contract as they run here: in a snapshot that the caller has opened, so that no commit in between can tear
 *  an answer made of several statements. */
export type SnapshotQueries = {
  readonly [Q in QueryName]: (rx: Rx, ...args: Parameters<Reads[Q]>) => ReturnType<Reads[Q]>;
};

/** What queries are made of. Each query prepares its own statements with `db`. */
export interface QueryDeps {
  readonly db: ReadStatements;
  readonly clock: Clock;
  readonly rows: (rx: Rx) => Rows;
  readonly chains: (rx: Rx, rows: Rows) => Chains;
}

/** Prepares the statements that all queries of a connection share. */
export const queryDeps = (db: ReadStatements, clock: Clock): QueryDeps => {
  const ofRows = new RowStatements(db);
  const ofChains = new ChainStatements(db);
  return {
    db,
    clock,
    rows: (rx) => new Rows(rx, ofRows, clock),
    chains: (rx, rows) => new Chains(rx, ofChains, rows),
  };
};
