import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { Api } from '../net/api.ts';
import { isDurable } from '../net/frames.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from '../model/signal.ts';
import { loadPages } from './list-pages.ts';

export interface FirstListDeps {
  readonly api: Pick<Api, 'conversations' | 'newestConversations'>;
  /** See `loadPages`. */
  readonly learn: (page: readonly ConversationResource[], above: number | null) => number;
  /** Drops these conversations: they are from before the connection, and its first page has come. */
  readonly drop: (earlier: ReadonlySet<string>) => void;
  readonly isStopped: () => boolean;
  /** Called when the whole list is loaded. `waiting`: the events that arrived meanwhile, in order. */
  readonly onLoaded: (waiting: readonly ServerFrame[]) => void;
}

/** Loads the list of conversations for a connection that starts without a cursor. The connection is opened first, and
 *  its events wait until the list is loaded. Each event is then in the list or among those that waited, or in both,
 *  which does no harm. What was there before the connection stays on screen until the first page comes. */
export class FirstList {
  /** Why the list could not be loaded; null while it is loading or when it is loaded. */
  readonly problem = signal<ProblemCode | null>(null);
  readonly #deps: FirstListDeps;
  /** The events that wait; null while no list is loading. Each connection gets a new array. */
  #waiting: ServerFrame[] | null = null;
  /** Conversations from before the connection. */
  readonly #earlier = new Set<string>();
  /** Whether a page of a connection has come. */
  #hasPage = false;

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

  /** Loads the newest conversations while the connection is being opened. */
  async preview(): Promise<void> {
    const { api, learn, isStopped } = this.#deps;
    // The list itself tells what fails.
    const page = await api.newestConversations().catch(() => null);
    if (page === null || this.#hasPage || isStopped()) return;
    for (const { id } of page.conversations) this.#earlier.add(id);
    learn(page.conversations, null);
  }

  /** Begins to load the list for a new connection. `earlier`: the ids of the conversations that are there. */
  begin(earlier: Iterable<string>): void {
    this.#waiting = [];
    for (const id of earlier) this.#earlier.add(id);
    void this.load();
  }

  /** Stops waiting: another connection began, or no list is needed. */
  cancel(): void {
    this.#waiting = null;
  }

  async load(): Promise<void> {
    const { api, isStopped, onLoaded } = this.#deps;
    const waiting = this.#waiting;
    const isWanted = (): boolean => this.#waiting === waiting;
    this.problem.set(null);
    try {
      if (!(await loadPages(api, this.#learn, () => isWanted() && !isStopped()))) return;
    } catch (error) {
      if (isWanted()) this.problem.set(problemCode(error));
      return;
    }
    this.#waiting = null;
    onLoaded(waiting ?? []);
  }

  readonly #learn: FirstListDeps['learn'] = (page, above) => {
    this.#hasPage = true;
    if (this.#earlier.size > 0) this.#deps.drop(this.#earlier);
    this.#earlier.clear();
    return this.#deps.learn(page, above);
  };
}
