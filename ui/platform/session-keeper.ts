/** How the user ended the session. */
export type Ending = 'loggedOut' | 'accountDeleted';

/** Keeps the session as text from one start to the next. Reading and writing return immediately. What takes time
 *  happens in the background, in the order of the writes. */
export interface SessionKeeper {
  /** `always`: as in the browser's storage. `ask`: only if the user wants it. `never`: this start has no place that
   *  other accounts of the machine can't read. */
  readonly choice: 'always' | 'ask' | 'never';
  /** Whether what is written now will be there at the next start. */
  remembers(): boolean;
  /** Only for `ask`. False removes what is stored. */
  remember(wanted: boolean): void;
  read(): string | null;
  write(text: string | null): void;
  /** Forgets the session, and tells the client's other windows why. */
  end(why: Ending): void;
  /** Calls `changed` when another window signed in or out. A new session may be stored already. `why`: what the other
   *  window passed to `end`. */
  onChange(changed: (why: Ending | null) => void): void;
}
