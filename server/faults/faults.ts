import process from 'node:process';
import type { WriteMessage } from '../storage/writes.ts';
import { injectPoison } from './poison-messages.ts';
import { injectDeath } from './thread-death.ts';

/** Fault injection for tests: the only file that the entry points import of it. */
export interface Faults {
  /** Called with each batch before it is committed; returns what is committed in its place. */
  readonly beforeCommit: (batch: readonly WriteMessage[]) => readonly WriteMessage[];
  /** How a thread dies when it is ordered to. */
  readonly die: (how: string) => void;
  /** Hands on the orders of the process that started this one. */
  readonly obey: (kill: (thread: string, how: string) => void) => void;
}

const NONE: Faults = {
  beforeCommit: (batch) => batch,
  die: () => undefined,
  obey: () => undefined,
};

const INJECTED: Faults = {
  beforeCommit: injectPoison,
  die: injectDeath,
  obey(kill) {
    process.on('message', ({ thread, fault }: { thread: string; fault: string }) => {
      kill(thread, fault);
    });
  },
};

/** `enabled`: PARLEY_TEST_FAULTS. Without it no thread does anything that it would not do without this folder. */
export const faultsOf = (enabled: boolean): Faults => (enabled ? INJECTED : NONE);
