import type { Session } from '../../server/protocol/resources.ts';
import type { Api } from '../net/api.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from './signal.ts';

export interface SessionList {
  readonly sessions: readonly Session[] | null;
  readonly problem: ProblemCode | null;
  /** Being ended. */
  readonly ending: ReadonlySet<string>;
}

/** Where one is logged in. */
export class Sessions {
  readonly list = signal<SessionList>({ sessions: null, problem: null, ending: new Set() });
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async load(): Promise<void> {
    this.#change({ problem: null });
    try {
      this.#change({ sessions: await this.#api.sessions() });
    } catch (error) {
      this.#change({ problem: problemCode(error) });
    }
  }

  async end(id: string): Promise<void> {
    this.#change({ ending: new Set([...this.list.get().ending, id]) });
    try {
      await this.#api.revokeSession(id);
    } catch (error) {
      if (problemCode(error) !== 'not_found') this.#change({ problem: problemCode(error) });
    }
    this.#change({ ending: new Set([...this.list.get().ending].filter((held) => held !== id)) });
    await this.load();
  }

  #change(part: Partial<SessionList>): void {
    this.list.set({ ...this.list.get(), ...part });
  }
}
