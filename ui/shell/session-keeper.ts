/** What the person did to end the session. */
export type Ending = 'loggedOut' | 'accountDeleted';

/** A place for the session between two starts, as text. Reading and writing return at once; what takes time goes on
 *  behind, in the order of the writes. */
export interface SessionKeeper {
  /** `always`: like the browser's storage. `ask`: only when the person wants it. `never`: this start has no place that
   *  other accounts of the machine can't read. */
  readonly choice: 'always' | 'ask' | 'never';
  /** Whether what is written now is there at the next start. */
  remembers(): boolean;
  /** Only with `ask`. Forgets what is stored when it becomes false. */
  remember(wanted: boolean): void;
  read(): string | null;
  write(text: string | null): void;
  /** Forgets the session, and tells the other windows of the client why. */
  end(why: Ending): void;
  /** Runs when another window of the client signed in or out; there may be another session already. `why`: what `end` said. */
  onChange(changed: (why: Ending | null) => void): void;
}
