import type { SessionResource } from '../../server/protocol/resources/session.ts';
import type { Api } from '../net/api.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { signal } from '../model/signal.ts';

export interface SessionList {
  readonly sessions: readonly SessionResource[] | null;
  readonly problem: ProblemCode | null;
  /** Sessions that are being ended. */
  readonly ending: ReadonlySet<string>;
}

/** The user's sessions on all devices, for the settings. */
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
