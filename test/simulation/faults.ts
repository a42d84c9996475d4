import type { WriteOutcome } from '../../server/storage/outcome.ts';
import type { Reads } from '../../server/storage/reads.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import type { RandomSource } from '../support/random-source.ts';
import type { Bug } from './bugs.ts';
import {
  countedAnew,
  forgedOutcomes,
  goneBack,
  keepingAbandoned,
  MemoryDedupe,
  withKeyOfHost,
} from './bugs.ts';
import type { Guesses } from './guesses.ts';
import type { Ledger } from './ledger.ts';
import type { SimWriter } from './store.ts';
import type { Trace } from './trace.ts';

/** What the next commits meet. */
export interface Weather {
  /** The disk is full: every commit fails until it is not. */
  diskFull: boolean;
  /** The writer dies at its next commit. */
  crash: 'before' | 'after' | null;
  readonly poisonChance: number;
}

export interface FaultyDeps {
  readonly store: SimWriter;
  readonly reads: Reads;
  readonly weather: Weather;
  readonly random: RandomSource;
  readonly ledger: Ledger;
  readonly guesses: Guesses;
  readonly trace: Trace;
  readonly bug: Bug | null;
  /** See `SimHost.label`. */
  readonly host: string;
  readonly nextId: () => string;
  readonly now: () => number;
  readonly onCommit: () => void;
  /** Kills the writer's thread; throws. */
  readonly die: () => never;
}

/** A write that always fails on its own: its neighbours must stand. */
const POISON: WriteMessage = {
  type: 'appendMessage',
  input: {
    messageId: 'poison',
    pair: { first: '', second: '' },
    senderId: 'x',
    newConversationId: '',
    content: '',
  },
};
const FULL: WriteOutcome = {
  ok: false,
  fault: { code: 'unavailable', detail: 'The server cannot store this now.', retryAfterS: 1 },
};

/** The real store behind faults that come with the seed, at the granularity of a batch. */
export class FaultyStore implements SimWriter {
  readonly #deps: FaultyDeps;
  readonly #dedupe: MemoryDedupe;
  #forged: readonly WriteOutcome[] | undefined;

  constructor(deps: FaultyDeps) {
    this.#deps = deps;
    this.#dedupe = new MemoryDedupe(deps.reads, deps.nextId);
  }

  commit(batch: readonly WriteMessage[]): readonly WriteOutcome[] {
    const { weather, trace, bug, die } = this.#deps;
    if (this.#forged !== undefined) die();
    // A heartbeat changes nothing that anybody waits for.
    if (batch.some(({ type }) => type !== 'heartbeat')) this.#deps.onCommit();
    const crash = weather.crash;
    weather.crash = null;
    trace.note(
      `${this.#deps.host}commit ${batch.map(({ type }) => type).join(' ')}${crash === null ? '' : ` crash ${crash}`}`,
    );
    if (crash === 'before') {
      if (bug !== 'ack-before-commit') die();
      // The answers are out; what they tell of never gets to the disk.
      this.#forged = forgedOutcomes(batch, this.#deps.reads, this.#deps.now());
      return this.#forged;
    }
    if (weather.diskFull) return batch.map(() => FULL);
    const told = this.#toldOf(this.#commit(this.#meant(batch)));
    batch.forEach((write, i) => {
      const outcome = told[i];
      if (outcome === undefined) return;
      this.#deps.ledger.committed(write, outcome, this.#deps.now());
      this.#deps.guesses.committed(write, outcome);
    });
    if (crash === 'after') die();
    return told;
  }

  #meant(batch: readonly WriteMessage[]): readonly WriteMessage[] {
    const { bug, host } = this.#deps;
    if (bug === 'dedupe-by-memory') return this.#dedupe.renamed(batch);
    return bug === 'throttle-per-host' ? batch.map((write) => withKeyOfHost(write, host)) : batch;
  }

  #toldOf(outcomes: readonly WriteOutcome[]): readonly WriteOutcome[] {
    const { bug, ledger } = this.#deps;
    if (bug === 'numbers-begin-anew')
      return outcomes.map((outcome) => countedAnew(outcome, (id) => ledger.removedTo(id)));
    if (bug === 'receipt-back') return outcomes.map((outcome) => goneBack(outcome));
    return bug === 'dead-host-kept' ? outcomes.map((outcome) => keepingAbandoned(outcome)) : outcomes;
  }

  #commit(given: readonly WriteMessage[]): readonly WriteOutcome[] {
    const { store, random, weather } = this.#deps;
    // People here say little: steps of a few rows, so that a deletion takes many of them.
    const batch = given.map((write) =>
      write.type === 'continueSteps' ? { ...write, input: { rows: random.between(1, 9) } } : write,
    );
    if (!random.chance(weather.poisonChance)) return store.commit(batch);
    const at = random.between(0, batch.length);
    const outcomes = store.commit([...batch.slice(0, at), POISON, ...batch.slice(at)]);
    return outcomes.filter((_, i) => i !== at);
  }
}
