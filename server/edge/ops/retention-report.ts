/** What is known of the daily retention; null: messages are kept for ever. */
export type RetentionReport = () => {
  /** Messages that were removed from the store, by whichever host. */
  readonly removed: number;
  /** When its last run ended, in milliseconds since the epoch; null: never. */
  readonly lastRunAt: number | null;
  /** Runs of this host that failed, since the start. */
  readonly failures: number;
} | null;
