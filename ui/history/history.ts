import type { Api, Window } from '../net/api.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { newestFromPeer } from '../model/edit.ts';
import {
  firstSeq,
  join,
  lastSeq,
  LOADED_MOST,
  trimmed,
  withoutNewest,
  withoutOldest,
} from '../model/timeline.ts';
import { without, withEntry, type Message, type Model, type Timeline } from '../model/model.ts';
import { signal } from '../model/signal.ts';
import { toMessage } from '../model/from-wire.ts';
import { withReacted, type ReactionUpdate } from '../model/reactions.ts';

export type Direction = 'newest' | 'older' | 'newer' | 'around';

export interface Loading {
  readonly direction: Direction;
  /** The `seq` that the user wants to go to, or null. */
  readonly seq: number | null;
  readonly problem: ProblemCode | null;
}

export interface HistoryDeps {
  readonly api: Api;
  readonly model: () => Model;
  readonly change: (edit: (model: Model) => Model) => void;
  /** The number of the current connection. */
  readonly generation: () => number;
}

interface Page {
  readonly messages: Timeline['messages'];
  readonly more: boolean;
  /** Whether the page was requested before the current connection. It may then hold messages deleted since, and no
   *  further event would say so. */
  readonly isOld: boolean;
}

const PAGE = 50;

/** Returns the message at a `seq`, loaded or requested from the server; undefined if there is none. Rejects with
 *  ApiProblem. */
export const messageAt = async (
  model: Model,
  api: Api,
  conversationId: string,
  seq: number,
): Promise<Message | undefined> => {
  const held = newestFromPeer(model, conversationId, seq);
  if (held?.seq === seq) return held;
  const { messages } = await api.messages(conversationId, { before: seq + 1 }, 1);
  return messages.map((message) => toMessage(message, model.me)).find((message) => message.seq === seq);
};

/** Loads pages of conversations into the model. A failed request is shown and can be repeated. If a conversation has
 *  changed before its page arrives, the page is joined where it fits and dropped where it does not. */
export class History {
  /** By conversation: the request that is running or has failed. */
  readonly loading = signal<ReadonlyMap<string, Loading>>(new Map());
  readonly #deps: HistoryDeps;
  readonly #running = new Map<string, Promise<unknown>>();
  /** Conversations that received an event while a page was loading. The page may lack that message. */
  readonly #missed = new Set<string>();
  /** By conversation: reactions that came while a page was loading, oldest first. The page may be from before them. */
  readonly #reacted = new Map<string, ReactionUpdate[]>();
  /** Conversations that were deleted while a page was loading. */
  readonly #forgotten = new Set<string>();
  /** The open conversation, or null. */
  #shown: string | null = null;
  /** The timelines whose lengths were last checked. */
  #bounded: Model['timelines'] | null = null;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  /** Clears failures, so that the pages may be requested again: of one conversation, or of all when the connection is
   *  back. */
  forgive(conversationId?: string): void {
    const held = this.loading.get();
    const left = [...held].filter(
      ([id, { problem }]) => problem === null || (conversationId !== undefined && id !== conversationId),
    );
    if (left.length < held.size) this.loading.set(new Map(left));
  }

  /** The conversation was deleted. A page that is still loading was read before that and is ignored. */
  forget(conversationId: string): void {
    if (this.#running.has(conversationId)) this.#forgotten.add(conversationId);
  }

  /** The server has another history. Everything that was loaded, missed or failed before is void. */
  forgetAll(): void {
    for (const conversationId of this.#running.keys()) this.#forgotten.add(conversationId);
    this.#missed.clear();
    this.forgive();
  }

  /** A message arrived that could not be placed. */
  missed(conversationId: string): void {
    if (this.#running.has(conversationId)) this.#missed.add(conversationId);
    else if (this.#deps.model().timelines.has(conversationId)) void this.reload(conversationId);
  }

  /** Somebody's reaction has changed. */
  reacted(change: ReactionUpdate): void {
    this.#reacted.get(change.conversationId)?.push(change);
  }

  /** Loads the newest messages if none are loaded. */
  async open(conversationId: string): Promise<void> {
    if (this.#deps.model().timelines.has(conversationId)) return;
    await this.reload(conversationId);
  }

  async reload(conversationId: string): Promise<void> {
    const end = (): number => this.#deps.model().conversations.get(conversationId)?.lastSeq ?? 0;
    const before = end();
    const page = await this.#page(conversationId, 'newest', null);
    if (page === null) return;
    if (page.isOld) {
      await this.reload(conversationId);
      return;
    }
    const held = this.#deps.model().timelines.get(conversationId);
    const fresh = { messages: page.messages, older: page.more, newer: false };
    // Live events that arrived meanwhile follow the page, or the page is newer altogether.
    const run = (held === undefined ? null : join(held, fresh)) ?? fresh;
    // An event that arrived while nothing was loaded is in no run, and the page may be older than it. Such a page
    // must not be shown, and above all not be stored: after a crash nothing would reveal that its end is missing.
    if (this.#missed.delete(conversationId) || (end() > before && lastSeq(run) < end())) {
      await this.reload(conversationId);
      return;
    }
    this.#deps.change((model) => ({ ...model, timelines: withEntry(model.timelines, conversationId, run) }));
  }

  async older(conversationId: string): Promise<void> {
    const run = this.#inSight(conversationId);
    if (run === undefined || !run.older || run.messages.length === 0) return;
    const page = await this.#page(conversationId, 'older', { before: firstSeq(run) });
    const held = this.#inSight(conversationId);
    // The user has left that position meanwhile. An empty page would make another run look as if nothing older
    // existed.
    if (page === null || page.isOld || held === undefined || firstSeq(held) !== firstSeq(run)) return;
    this.#grow(conversationId, { messages: page.messages, older: page.more, newer: true }, withoutNewest);
  }

  async newer(conversationId: string): Promise<void> {
    const detour = this.#deps.model().detours.get(conversationId);
    if (detour === undefined) return;
    const page = await this.#page(conversationId, 'newer', { after: lastSeq(detour) });
    const held = this.#deps.model().detours.get(conversationId);
    if (page === null || page.isOld || held === undefined || lastSeq(held) !== lastSeq(detour)) return;
    this.#grow(conversationId, { messages: page.messages, older: true, newer: page.more }, withoutOldest);
  }

  /** Shows the part of the conversation around `seq`. Returns true if it can be shown. */
  async jump(conversationId: string, seq: number): Promise<boolean> {
    await this.#idle(conversationId);
    await this.open(conversationId);
    const holds = (run: Timeline | undefined): boolean =>
      run?.messages.some((message) => message.seq === seq) === true;
    if (holds(this.#deps.model().timelines.get(conversationId))) {
      this.back(conversationId);
      return true;
    }
    if (holds(this.#deps.model().detours.get(conversationId))) return true;
    await this.#idle(conversationId);
    const page = await this.#page(conversationId, 'around', { around: seq });
    if (page === null || page.isOld || page.messages.length === 0) return false;
    this.#deps.change((model) => {
      const end = model.conversations.get(conversationId)?.lastSeq ?? 0;
      const detour: Timeline = { messages: page.messages, older: true, newer: true };
      const last = lastSeq(detour);
      const live = model.timelines.get(conversationId);
      const joined = live === undefined ? null : join(detour, live);
      if (joined !== null) {
        return {
          ...model,
          timelines: withEntry(model.timelines, conversationId, joined),
          detours: without(model.detours, conversationId),
        };
      }
      return {
        ...model,
        detours: withEntry(model.detours, conversationId, { ...detour, newer: last < end }),
      };
    });
    return true;
  }

  /** Leaves the older part and returns to the newest messages. */
  back(conversationId: string): void {
    this.#deps.change((model) => ({ ...model, detours: without(model.detours, conversationId) }));
  }

  /** Another conversation was opened, or none is open any more. */
  show(conversationId: string | null): void {
    this.#shown = conversationId;
  }

  /** To be called after each change of the model. Drops old messages of long runs that nobody is reading. */
  bound(): void {
    const { timelines, detours } = this.#deps.model();
    if (timelines === this.#bounded) return;
    this.#bounded = timelines;
    for (const [conversationId, run] of timelines) {
      const isRead = conversationId === this.#shown && !detours.has(conversationId);
      if (!isRead && run.messages.length > LOADED_MOST) this.letGo(conversationId);
    }
  }

  /** Drops all but the newest messages, because nobody is reading further back. */
  letGo(conversationId: string): void {
    this.#deps.change((model) => {
      const run = model.timelines.get(conversationId);
      const kept = run === undefined ? run : trimmed(run);
      if (kept === undefined || kept === run) return model;
      return { ...model, timelines: withEntry(model.timelines, conversationId, kept) };
    });
  }

  /** The conversation was closed: drops all but the newest messages. */
  close(conversationId: string): void {
    this.#deps.change((model) => {
      const run = model.timelines.get(conversationId);
      return {
        ...model,
        detours: without(model.detours, conversationId),
        timelines:
          run === undefined ? model.timelines : withEntry(model.timelines, conversationId, trimmed(run)),
      };
    });
  }

  #inSight(conversationId: string): Timeline | undefined {
    const model = this.#deps.model();
    return model.detours.get(conversationId) ?? model.timelines.get(conversationId);
  }

  /** Joins a page to the run on screen. `bounded`: drops what is too far from the page at the other end. */
  #grow(conversationId: string, page: Timeline, bounded: (run: Timeline) => Timeline): void {
    this.#deps.change((model) => {
      const detour = model.detours.get(conversationId);
      const live = model.timelines.get(conversationId);
      const run = detour ?? live;
      const grown = run === undefined ? null : join(run, page);
      if (grown === null) return model;
      const joined = detour === undefined ? grown : live === undefined ? null : join(grown, live);
      // The user has read on to the end, so this is now the newest run, whatever the other one was.
      const met = joined ?? (grown.newer ? null : grown);
      const kept = bounded(met ?? grown);
      if (kept.newer !== met?.newer) {
        const timelines =
          live === undefined ? model.timelines : withEntry(model.timelines, conversationId, trimmed(live));
        return { ...model, timelines, detours: withEntry(model.detours, conversationId, kept) };
      }
      return {
        ...model,
        timelines: withEntry(model.timelines, conversationId, kept),
        detours: without(model.detours, conversationId),
      };
    });
  }

  /** Waits until no request is running, because a jump must follow a running request, not be dropped because of it. */
  async #idle(conversationId: string): Promise<void> {
    for (
      let page = this.#running.get(conversationId);
      page !== undefined;
      page = this.#running.get(conversationId)
    )
      await page;
  }

  /** Loads one page. Returns null if it failed or another request is running. */
  #page(conversationId: string, direction: Direction, window: Window | null): Promise<Page | null> {
    if (this.#running.has(conversationId)) return Promise.resolve(null);
    const page = this.#load(conversationId, direction, window);
    const done = page
      .then((loaded) => (this.#forgotten.delete(conversationId) ? null : loaded))
      .finally(() => this.#running.delete(conversationId));
    this.#running.set(conversationId, done);
    return done;
  }

  async #load(conversationId: string, direction: Direction, window: Window | null): Promise<Page | null> {
    const seq = window !== null && 'around' in window ? window.around : null;
    const said = (problem: ProblemCode | null): void => {
      this.loading.set(withEntry(this.loading.get(), conversationId, { direction, seq, problem }));
    };
    said(null);
    const generation = this.#deps.generation();
    const changes: ReactionUpdate[] = [];
    this.#reacted.set(conversationId, changes);
    try {
      const answer = await this.#deps.api.messages(conversationId, window, PAGE);
      this.loading.set(without(this.loading.get(), conversationId));
      const { me } = this.#deps.model();
      const messages = answer.messages.map((message) => changes.reduce(withReacted, toMessage(message, me)));
      return { messages, more: answer.has_more, isOld: generation !== this.#deps.generation() };
    } catch (error) {
      said(problemCode(error));
      return null;
    } finally {
      this.#reacted.delete(conversationId);
    }
  }
}
