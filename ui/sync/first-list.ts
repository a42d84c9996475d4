import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { Api } from '../net/api.ts';
import { isDurable } from '../net/frames.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from '../model/signal.ts';
import { loadPages } from './list-pages.ts';

export interface FirstListDeps {
  readonly api: Pick<Api, 'conversations'>;
  /** See `loadPages`. */
  readonly learn: (page: readonly ConversationResource[], above: number | null) => number;
  readonly isStopped: () => boolean;
  /** Called when the whole list is loaded. `waiting`: the events that arrived meanwhile, in order. */
  readonly onLoaded: (waiting: readonly ServerFrame[]) => void;
}

/** Loads the list of conversations for a connection that starts without a cursor. The connection is opened first, and
 *  its events wait until the list is loaded. Each event is then in the list or among those that waited, or in both,
 *  which does no harm. */
export class FirstList {
  /** Why the list could not be loaded; null while it is loading or when it is loaded. */
  readonly problem = signal<ProblemCode | null>(null);
  readonly #deps: FirstListDeps;
  /** The events that wait; null while no list is loading. Each connection gets a new array. */
  #waiting: ServerFrame[] | null = null;

  constructor(deps: FirstListDeps) {
    this.#deps = deps;
  }

  get isAwaited(): boolean {
    return this.#waiting !== null;
  }

  /** Returns true if the frame has to wait for the list, and keeps it. */
  holds(frame: ServerFrame): boolean {
    if (this.#waiting === null || !(isDurable(frame) || frame.type === 'sync')) return false;
    this.#waiting.push(frame);
    return true;
  }

  /** Begins to load the list for a new connection. */
  begin(): void {
    this.#waiting = [];
    void this.load();
  }

  /** Stops waiting: another connection began, or no list is needed. */
  cancel(): void {
    this.#waiting = null;
  }

  async load(): Promise<void> {
    const { api, learn, isStopped, onLoaded } = this.#deps;
    const waiting = this.#waiting;
    const isWanted = (): boolean => this.#waiting === waiting;
    this.problem.set(null);
    try {
      if (!(await loadPages(api, learn, () => isWanted() && !isStopped()))) return;
    } catch (error) {
      if (isWanted()) this.problem.set(problemCode(error));
      return;
    }
    this.#waiting = null;
    onLoaded(waiting ?? []);
  }
}
