/** Names under which threads count what `/metrics` shows. In a file of their own, so that no thread but the edge's loads the library of the metrics. */

/** Counters of this name, followed by the database's own code, count faults of the store in every thread. */
export const STORE_FAULT = 'store_fault:';
/** Counters of this name, followed by a `DatabaseCount`, are what threads count of their connections to PostgreSQL. */
export const DATABASE = 'database:';
/** Counters of this name, followed by what is counted, are what the writer's thread counts of the notices between hosts. */
export const NOTICES = 'notices:';
