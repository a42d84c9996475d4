/** One kind of request, fired again and again by some connections. */
export interface HttpLoadSpec {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly token?: string;
  /** A POST when there is one. */
  readonly body?: string;
}
export interface HttpLoadSample {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers that were no 2xx, and requests without one. */
  readonly failed: number;
}
