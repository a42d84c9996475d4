import type { SearchAnswer } from '../../server/protocol/resources/search.ts';
import { SEARCH_PAGE, type Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import { Lookup } from './lookup.ts';
import { signal } from '../model/signal.ts';

export interface Hits extends SearchAnswer {
  /** The id of the message after which the next page begins; null when everything was searched. */
  readonly before: string | null;
  /** The time of that message. */
  readonly reached: string;
}

/** Page size for a search in one conversation. The server searches all conversations, so most hits of a page may
 *  belong to others. */
const WIDE_PAGE = 100;
/** A round of such a search ends after this many hits or pages. */
const ENOUGH = 15;
const PAGES = 5;

/** Servers from before retention do not say it. */
const NOTHING_REMOVED = { removed_until: null };

/** Searches everything, or the messages of one conversation. */
export class MessageSearch {
  /** The conversation that is searched; null for everything. */
  readonly within = signal<string | null>(null);
  readonly lookup: Lookup<Hits>;
  readonly #api: Pick<Api, 'search'>;

  constructor(api: Pick<Api, 'search'>, clock: Clock) {
    this.#api = api;
    this.lookup = new Lookup(
      clock,
      (query) => this.#ask(query),
      ({ before }) => before === null,
    );
  }

  /** Changes where to search. */
  look(within: string | null): void {
    if (within === this.within.get()) return;
    this.within.set(within);
    this.lookup.type(this.lookup.found.get().query);
  }

  /** Loads the next hits. */
  async more(): Promise<void> {
    await this.lookup.extend(async (held, answered) => {
      const next = await this.#ask(answered, held.before ?? undefined);
      const { before, reached } = next;
      const result = { ...held, before, reached, messages: [...held.messages, ...next.messages] };
      return { result, ended: before === null };
    });
  }

  async #ask(query: string, before?: string): Promise<Hits> {
    const within = this.within.get();
    if (within !== null) return await this.#walk(query, within, before);
    const answer = await this.#api.search(query, before === undefined ? undefined : 'messages', before);
    return { ...NOTHING_REMOVED, ...answer, ...placeAfter(answer.messages, SEARCH_PAGE) };
  }

  /** Walks through the hits of all conversations, page by page, and collects those of one conversation. */
  async #walk(query: string, within: string, from?: string): Promise<Hits> {
    const found: SearchAnswer['messages'] = [];
    let place: Pick<Hits, 'before' | 'reached'> = { before: from ?? null, reached: '' };
    for (let page = 0; page < PAGES && found.length < ENOUGH; page += 1) {
      const { messages } = await this.#api.search(query, 'messages', place.before ?? undefined, WIDE_PAGE);
      found.push(...messages.filter((hit) => hit.conversation_id === within));
      place = placeAfter(messages, WIDE_PAGE);
      const overtaken = within !== this.within.get() || query !== this.lookup.found.get().query.trim();
      if (place.before === null || overtaken) break;
    }
    return { users: [], conversations: [], messages: found, ...NOTHING_REMOVED, ...place };
  }
}

const placeAfter = (page: SearchAnswer['messages'], size: number): Pick<Hits, 'before' | 'reached'> => {
  const last = page.at(-1);
  return { before: page.length < size ? null : (last?.message_id ?? null), reached: last?.sent_at ?? '' };
};
