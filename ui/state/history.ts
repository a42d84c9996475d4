import type { Api, Window } from '../net/api.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { newestFromPeer } from './edit.ts';
import { firstSeq, join, lastSeq, LOADED_MOST, trimmed, withoutNewest, withoutOldest } from './timeline.ts';
import { without, withEntry, type ChatMessage, type Model, type Timeline } from './model.ts';
import { signal } from './signal.ts';
import { toMessage } from './from-wire.ts';

export type Direction = 'newest' | 'older' | 'newer' | 'around';

export interface Loading {
  readonly direction: Direction;
  /** Where somebody wants to go. */
  readonly seq: number | null;
  readonly problem: ProblemCode | null;
}

export interface HistoryDeps {
  readonly api: Api;
  readonly model: () => Model;
  readonly change: (edit: (model: Model) => Model) => void;
  /** The connection there is now. */
  readonly era: () => number;
}

interface Page {
  readonly messages: Timeline['messages'];
  readonly more: boolean;
  /** Asked for before the connection that there is now: what was deleted since may be on it, and no event tells that any more. */
  readonly isOld: boolean;
}

const PAGE = 50;

/** The message at one place of a conversation, loaded here or asked for. Rejects with ApiProblem. */
export const messageAt = async (
  model: Model,
  api: Api,
  chatId: string,
  seq: number,
): Promise<ChatMessage | undefined> => {
  const held = newestFromPeer(model, chatId, seq);
  if (held?.seq === seq) return held;
  const { messages } = await api.messages(chatId, { before: seq + 1 }, 1);
  return messages.map((message) => toMessage(message, model.me)).find((message) => message.seq === seq);
};

/** Loads pages of conversations into the model. A request that fails is shown and can be repeated; one that is
 *  answered after the conversation changed is joined where it fits and dropped where it does not. */
export class History {
  /** What is being loaded, or failed to, by conversation. */
  readonly loading = signal<ReadonlyMap<string, Loading>>(new Map());
  readonly #deps: HistoryDeps;
  readonly #running = new Map<string, Promise<unknown>>();
  /** What came while a page was under way may not be on it. */
  readonly #missed = new Set<string>();
  /** Deleted while a page was under way. */
  readonly #forgotten = new Set<string>();
  /** The conversation in sight. */
  #shown: string | null = null;
  /** The runs whose lengths were looked at last. */
  #bounded: Model['timelines'] | null = null;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  /** What failed is no longer said, and may be asked for anew: of one conversation, or, when the connection is back,
   *  of all. */
  forgive(chatId?: string): void {
    const held = this.loading.get();
    const left = [...held].filter(
      ([id, { problem }]) => problem === null || (chatId !== undefined && id !== chatId),
    );
    if (left.length < held.size) this.loading.set(new Map(left));
  }

  /** Deleted: a page that is under way was read before. */
  forget(chatId: string): void {
    if (this.#running.has(chatId)) this.#forgotten.add(chatId);
  }

  /** Another history: nothing of what was loaded, missed or failed before tells anything of it. */
  forgetAll(): void {
    for (const chatId of this.#running.keys()) this.#forgotten.add(chatId);
    this.#missed.clear();
    this.forgive();
  }

  /** A message came that could not be placed. */
  missed(chatId: string): void {
    if (this.#running.has(chatId)) this.#missed.add(chatId);
    else if (this.#deps.model().timelines.has(chatId)) void this.reload(chatId);
  }

  /** The newest messages, when none are loaded. */
  async open(chatId: string): Promise<void> {
    if (this.#deps.model().timelines.has(chatId)) return;
    await this.reload(chatId);
  }

  async reload(chatId: string): Promise<void> {
    const end = (): number => this.#deps.model().chats.get(chatId)?.lastSeq ?? 0;
    const before = end();
    const page = await this.#page(chatId, 'newest', null);
    if (page === null) return;
    if (page.isOld) {
      await this.reload(chatId);
      return;
    }
    const held = this.#deps.model().timelines.get(chatId);
    const fresh = { messages: page.messages, older: page.more, newer: false };
    // Live events that came meanwhile stand after the page, or the page is newer altogether.
    const run = (held === undefined ? null : join(held, fresh)) ?? fresh;
    // An event that came while nothing was loaded is in no run: the page may be of before it. It must not be shown, and
    // above all not be kept: after a crash nothing would say that its end is missing.
    if (this.#missed.delete(chatId) || (end() > before && lastSeq(run) < end())) {
      await this.reload(chatId);
      return;
    }
    this.#deps.change((model) => ({ ...model, timelines: withEntry(model.timelines, chatId, run) }));
  }

  async older(chatId: string): Promise<void> {
    const run = this.#inSight(chatId);
    if (run === undefined || !run.older || run.messages.length === 0) return;
    const page = await this.#page(chatId, 'older', { before: firstSeq(run) });
    const held = this.#inSight(chatId);
    // Somebody left that place meanwhile: an empty page would say of another one that nothing is older.
    if (page === null || page.isOld || held === undefined || firstSeq(held) !== firstSeq(run)) return;
    this.#grow(chatId, { messages: page.messages, older: page.more, newer: true }, withoutNewest);
  }

  async newer(chatId: string): Promise<void> {
    const detour = this.#deps.model().detours.get(chatId);
    if (detour === undefined) return;
    const page = await this.#page(chatId, 'newer', { after: lastSeq(detour) });
    const held = this.#deps.model().detours.get(chatId);
    if (page === null || page.isOld || held === undefined || lastSeq(held) !== lastSeq(detour)) return;
    this.#grow(chatId, { messages: page.messages, older: true, newer: page.more }, withoutOldest);
  }

  /** Shows the place of `seq`. True when it can be shown. */
  async jump(chatId: string, seq: number): Promise<boolean> {
    await this.#idle(chatId);
    await this.open(chatId);
    const holds = (run: Timeline | undefined): boolean =>
      run?.messages.some((message) => message.seq === seq) === true;
    if (holds(this.#deps.model().timelines.get(chatId))) {
      this.back(chatId);
      return true;
    }
    if (holds(this.#deps.model().detours.get(chatId))) return true;
    await this.#idle(chatId);
    const page = await this.#page(chatId, 'around', { around: seq });
    if (page === null || page.isOld || page.messages.length === 0) return false;
    this.#deps.change((model) => {
      const end = model.chats.get(chatId)?.lastSeq ?? 0;
      const detour: Timeline = { messages: page.messages, older: true, newer: true };
      const last = lastSeq(detour);
      const live = model.timelines.get(chatId);
      const joined = live === undefined ? null : join(detour, live);
      if (joined !== null) {
        return {
          ...model,
          timelines: withEntry(model.timelines, chatId, joined),
          detours: without(model.detours, chatId),
        };
      }
      return { ...model, detours: withEntry(model.detours, chatId, { ...detour, newer: last < end }) };
    });
    return true;
  }

  /** Leaves the place further back. */
  back(chatId: string): void {
    this.#deps.change((model) => ({ ...model, detours: without(model.detours, chatId) }));
  }

  /** The conversation in sight is another one, or none is. */
  show(chatId: string | null): void {
    this.#shown = chatId;
  }

  /** After each change of the model: what has grown long by what came in, and nobody looks at, is let go. */
  bound(): void {
    const { timelines, detours } = this.#deps.model();
    if (timelines === this.#bounded) return;
    this.#bounded = timelines;
    for (const [chatId, run] of timelines) {
      const isRead = chatId === this.#shown && !detours.has(chatId);
      if (!isRead && run.messages.length > LOADED_MOST) this.letGo(chatId);
    }
  }

  /** Keeps the newest only: nobody looks at what is further back. */
  letGo(chatId: string): void {
    this.#deps.change((model) => {
      const run = model.timelines.get(chatId);
      const kept = run === undefined ? run : trimmed(run);
      if (kept === undefined || kept === run) return model;
      return { ...model, timelines: withEntry(model.timelines, chatId, kept) };
    });
  }

  /** Nobody looks at it any more: keep the newest only. */
  close(chatId: string): void {
    this.#deps.change((model) => {
      const run = model.timelines.get(chatId);
      return {
        ...model,
        detours: without(model.detours, chatId),
        timelines: run === undefined ? model.timelines : withEntry(model.timelines, chatId, trimmed(run)),
      };
    });
  }

  #inSight(chatId: string): Timeline | undefined {
    const model = this.#deps.model();
    return model.detours.get(chatId) ?? model.timelines.get(chatId);
  }

  /** `bounded`: without what is too far from the page, at its other end. */
  #grow(chatId: string, page: Timeline, bounded: (run: Timeline) => Timeline): void {
    this.#deps.change((model) => {
      const detour = model.detours.get(chatId);
      const live = model.timelines.get(chatId);
      const run = detour ?? live;
      const grown = run === undefined ? null : join(run, page);
      if (grown === null) return model;
      const joined = detour === undefined ? grown : live === undefined ? null : join(grown, live);
      // Read on to the end: this is the newest run now, whatever the other one was.
      const met = joined ?? (grown.newer ? null : grown);
      const kept = bounded(met ?? grown);
      if (kept.newer !== met?.newer) {
        const timelines =
          live === undefined ? model.timelines : withEntry(model.timelines, chatId, trimmed(live));
        return { ...model, timelines, detours: withEntry(model.detours, chatId, kept) };
      }
      return {
        ...model,
        timelines: withEntry(model.timelines, chatId, kept),
        detours: without(model.detours, chatId),
      };
    });
  }

  /** Where somebody wants to go comes after what was under way, not instead of it. */
  async #idle(chatId: string): Promise<void> {
    for (let page = this.#running.get(chatId); page !== undefined; page = this.#running.get(chatId))
      await page;
  }

  /** One page, or null when it failed or one is already under way. */
  #page(chatId: string, direction: Direction, window: Window | null): Promise<Page | null> {
    if (this.#running.has(chatId)) return Promise.resolve(null);
    const page = this.#load(chatId, direction, window);
    const done = page
      .then((loaded) => (this.#forgotten.delete(chatId) ? null : loaded))
      .finally(() => this.#running.delete(chatId));
    this.#running.set(chatId, done);
    return done;
  }

  async #load(chatId: string, direction: Direction, window: Window | null): Promise<Page | null> {
    const seq = window !== null && 'around' in window ? window.around : null;
    const said = (problem: ProblemCode | null): void => {
      this.loading.set(withEntry(this.loading.get(), chatId, { direction, seq, problem }));
    };
    said(null);
    const era = this.#deps.era();
    try {
      const answer = await this.#deps.api.messages(chatId, window, PAGE);
      this.loading.set(without(this.loading.get(), chatId));
      const { me } = this.#deps.model();
      const messages = answer.messages.map((message) => toMessage(message, me));
      return { messages, more: answer.has_more, isOld: era !== this.#deps.era() };
    } catch (error) {
      said(problemCode(error));
      return null;
    }
  }
}
