/** What is known of the scheduled backups; null: there are none. */
export type BackupReport = () => {
  /** When the last backup that was proven restorable was made, in milliseconds since the epoch; null: never. */
  readonly lastProvenAt: number | null;
  /** Backups that could not be made or not be proven, since the start. */
  readonly failures: number;
} | null;
