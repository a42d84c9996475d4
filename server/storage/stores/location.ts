import { parseDatabaseUrl, type ConnectionOptions } from '../postgres/connection-options.ts';
import { StoreError } from '../store-error.ts';

/** Where the data are kept. Plain data, for every thread. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly dataDir: string }
  | {
      readonly kind: 'postgres';
      /** Holds the password; never logged. */
      readonly connection: ConnectionOptions;
      /** Reading connections of this host. */
      readonly pool: number;
      /** How far the database's clock was ahead of this host's at the start, in milliseconds. */
      readonly clockOffsetMs: number;
    };

/** `name`: what the operator gave it in. @throws StoreError `unfit` */
export const connectionOf = (url: string, name: string): ConnectionOptions => {
  const parsed = parseDatabaseUrl(url);
  if ('reason' in parsed) throw new StoreError('unfit', `${name} ${parsed.reason}`);
  return parsed.options;
};
