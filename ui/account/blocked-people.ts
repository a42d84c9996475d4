import type { UserResource } from '../../server/protocol/resources/user.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import type { BlockedUsers } from '../model/blocked-users.ts';
import { signal } from '../model/signal.ts';
import { blockedUsers, setBlocked, type BlocksDeps } from './blocks.ts';

export interface BlockedList {
  /** Newest first; null until they are loaded. */
  readonly users: readonly UserResource[] | null;
  readonly problem: ProblemCode | null;
  /** Those of whom the server is being told that they are no longer blocked. */
  readonly ending: ReadonlySet<string>;
}

/** Whom the user has blocked, for the settings. */
export class BlockedPeople {
  readonly list = signal<BlockedList>({ users: null, problem: null, ending: new Set() });
  readonly #deps: Pick<BlocksDeps, 'api' | 'sync'>;
  #isLoading = false;

  constructor(deps: Pick<BlocksDeps, 'api' | 'sync'>) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#change({ problem: null });
    try {
      this.#change({ users: await blockedUsers(this.#deps.api) });
    } catch (error) {
      this.#change({ problem: problemCode(error) });
    }
    this.#isLoading = false;
  }

  /** Loads the list again if it differs from what events have told since, from another window or device. */
  follow({ ids, isWhole }: BlockedUsers): void {
    const { users, problem } = this.list.get();
    if (users === null || problem !== null || !isWhole) return;
    if (users.length !== ids.size || users.some(({ id }) => !ids.has(id))) void this.load();
  }

  async unblock(userId: string): Promise<void> {
    const { ending } = this.list.get();
    if (ending.has(userId)) return;
    this.#change({ ending: new Set([...ending, userId]), problem: null });
    const problem = await setBlocked(this.#deps, userId, false);
    const { users } = this.list.get();
    const left = problem === null ? (users?.filter(({ id }) => id !== userId) ?? null) : users;
    const still = [...this.list.get().ending].filter((held) => held !== userId);
    this.#change({ users: left, ending: new Set(still), problem });
  }

  #change(part: Partial<BlockedList>): void {
    this.list.set({ ...this.list.get(), ...part });
  }
}
