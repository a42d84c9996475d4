/** What a measured figure is, before it is put on paper. */

/** A number that was promised, and what came out. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  /** After the number: `× (a)`, `ms`. */
  readonly unit: string;
  readonly limit: number;
  readonly sense: 'at most' | 'at least';
  /** Lowest and highest of the rounds, where there were several. */
  readonly spread?: readonly [low: number, high: number];
  /** What others did in the same run, in the same unit. */
  readonly beside?: readonly (readonly [who: string, value: number])[];
  /** Worth reaching, not promised. */
  readonly stretch?: boolean;
}

export interface Table {
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  /** File name without its ending. */
  readonly name: string;
  readonly title: string;
  readonly x: string;
  /** Places on the x axis: by logarithm, or one step after the other. */
  readonly across: 'log' | 'steps';
  readonly y: string;
  readonly series: readonly Series[];
}

/** What a figure's measurement gives. */
export interface Findings {
  /** Load, places, repetitions: what a reader needs to doubt it. */
  readonly how: string;
  readonly goals: readonly Goal[];
  readonly tables: readonly Table[];
  readonly plots?: readonly Plot[];
}

/** Where and of what a figure was made. */
export interface Provenance {
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Processes that wanted a CPU in the minute before: above the number of cores, somebody else was at work. */
  readonly loadBefore: number;
  /** Milliseconds of one fdatasync of a page, median. */
  readonly syncMs: number;
}

export interface Measured {
  readonly id: string;
  readonly title: string;
  readonly quick: boolean;
  readonly provenance: Provenance;
  /** Or why there are none. */
  readonly findings: Findings | { readonly failed: string };
}

export const isReached = ({ value, limit, sense }: Goal): boolean =>
  sense === 'at most' ? value <= limit : value >= limit;
