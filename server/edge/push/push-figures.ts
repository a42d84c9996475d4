/** What became of pushes, for metrics and `status`. `accepted`: by the push service. `gone`: it no longer knows the subscription, which
 *  has been removed. `refused`: it does not take this push. `abandoned`: it could not be reached, or took nothing, often enough. `blocked`:
 *  the endpoint leads to an address that is not public. `overflow`: too many were waiting. `unread`: the store did not say where to
 *  send it. */
export const PUSH_OUTCOMES = [
  ...(['accepted', 'gone', 'refused', 'abandoned', 'blocked', 'overflow', 'unread'] as const),
] as const;
export type CountedPush = (typeof PUSH_OUTCOMES)[number];

/** Counts since the start. */
export class PushFigures {
  readonly outcomes: Record<CountedPush, number> = {
    ...{ accepted: 0, gone: 0, refused: 0, abandoned: 0, blocked: 0, overflow: 0, unread: 0 },
  };
  /** Attempts that are made again. */
  retries = 0;

  count(outcome: CountedPush): void {
    this.outcomes[outcome] += 1;
  }
}
