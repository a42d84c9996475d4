import { positionOf } from '../net/cursor.ts';
import { conversationIn, isAnswer, isDurable, type DurableFrame, type ServerFrameOf } from '../net/frames.ts';
import type { ClientLink } from '../net/late-link.ts';
import type { SocketState } from '../net/link.ts';
import type { ProblemCode } from '../net/problem.ts';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { Activities } from '../model/activity.ts';
import { apply, forgetTyping, isOfAnswer, TYPING_MS } from '../model/apply.ts';
import { refetchQueueOf, type RefetchQueue } from './refetch-queue.ts';
import { Tombstones } from '../model/tombstones.ts';
import { FirstList } from './first-list.ts';
import { emptyModel, startedOver, withoutConversation, withoutEarlier, type Model } from '../model/model.ts';
import { httpFallback } from './http-fallback.ts';
import { keepRefreshing } from './refresh-people.ts';
import { Renewal } from './renewal.ts';
import { contradicts, Resuming, witnessAfter, type ResumeRequest, type ServerPosition } from './resume.ts';
import { ServerTime } from './server-time.ts';
import { signal, type Signal } from '../model/signal.ts';
import type { Replay, SyncStatus, SyncDeps } from './sync-deps.ts';
import { Timers } from '../net/timers.ts';
import { ConnectionOverlay } from '../model/connection-overlay.ts';
import { withListed } from '../model/listed-conversations.ts';

/** Keeps the model equal to the server's log [P4]. Resumes by cursor, has gaps filled, which it detects by arithmetic, and joins
 *  the first snapshot with the live events without a gap. */
export class Sync {
  readonly model;
  readonly connection = signal<SyncStatus>({ phase: 'connecting', trouble: null });
  /** When the connection was last live, by this device's clock. Before that, when this object was created. */
  lostAt: number;
  readonly time: ServerTime;
  /** Why the first list could not be loaded; null while it is loading or when it is loaded. */
  readonly listProblem: Signal.State<ProblemCode | null>;
  readonly listed = signal(false);
  readonly tombstones = new Tombstones();
  readonly #deps: SyncDeps;
  readonly link: ClientLink;
  #replay: Replay = 'none';
  readonly #firstList: FirstList;
  /** Where the connection resumes. It depends on what the server was asked for, even if the snapshot has arrived
   *  since. */
  readonly #resuming = new Resuming();
  readonly #overlay = new ConnectionOverlay();
  readonly #activities = new Activities();
  /** Counts connections. */
  #generation = 0;
  /** The number of the connection in which the whole list was loaded. */
  #listedIn = 0;
  readonly #askOverHttp: () => Promise<void>;
  readonly #refetches: RefetchQueue;
  readonly #timers: Timers;
  readonly #renewal: Renewal;
  #stopped = false;

  constructor(me: string, deps: SyncDeps) {
    this.#deps = deps;
    this.model = signal<Model>(emptyModel(me));
    this.lostAt = deps.clock.now();
    this.time = new ServerTime(() => deps.clock.now());
    this.#timers = new Timers(deps.clock);
    this.#refetches = refetchQueueOf(this, deps.api, this.#timers);
    this.#askOverHttp = httpFallback(this, deps);
    this.link = deps.link(
      (frame) => {
        this.#received(frame);
      },
      (state) => {
        this.#linkChanged(state);
      },
    );
    this.#firstList = new FirstList({
      api: deps.api,
      learn: (page, above) => this.learn(page, this.#generation, above),
      drop: (earlier) => {
        this.change((model) => withoutEarlier(model, earlier));
      },
      isStopped: () => this.#stopped,
      onLoaded: (waiting) => {
        this.#listLoaded(waiting);
      },
    });
    this.listProblem = this.#firstList.problem;
    this.#renewal = new Renewal(deps.api.tokens, deps.clock, (token) => {
      this.link.renewed(token);
    });
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Starts from what was on disk, or from nothing. */
  start(saved: Omit<Model, 'me' | 'detours' | 'pending' | 'typing'> | null): void {
    if (saved !== null) {
      this.change((model) => ({ ...model, ...saved }));
      this.listed.set(saved.cursor !== null);
    }
    if (!this.listed.get()) void this.#firstList.preview();
    this.link.start();
  }

  /** Where the connection that is about to be opened resumes; null to start from nothing. */
  resumeFrom(): ResumeRequest | null {
    return this.#resuming.begin(this.model.get());
  }

  stop(): void {
    this.#stopped = true;
    this.link.stop();
    this.#renewal.cancel();
    this.#timers.stop();
  }

  change(edit: (model: Model) => Model): void {
    const before = this.model.get();
    const after = edit(before);
    if (after === before) return;
    this.model.set(after);
    this.#deps.onChange();
  }

  /** The number of the current connection, to be passed to `learn`. */
  get generation(): number {
    return this.#generation;
  }

  /** Merges what the server said about conversations, without undoing later live events. `askedIn`: the number of the
   *  connection when it was requested. An answer from an earlier connection may be outdated: it adds no conversation,
   *  and those in it are requested again. `above`: what `learn` returned for the previous page. */
  learn(
    conversations: readonly ConversationResource[],
    askedIn = this.#generation,
    above: number | null = null,
  ): number {
    const isOld = askedIn !== this.#generation;
    const { of, last } = this.#activities.learn(this.model.get(), conversations, above);
    this.change((before) => {
      const { model, crossed } = withListed(before, conversations, of, !isOld);
      for (const id of crossed) this.refresh(id);
      return this.#overlay.over(model);
    });
    if (isOld)
      for (const { id } of conversations) if (this.model.get().conversations.has(id)) this.refresh(id);
    return last;
  }

  /** Requests a conversation whose numbers cannot be derived locally. */
  refresh(conversationId: string): void {
    void this.#refetches.ask(conversationId);
  }

  /** The server has deleted a conversation over HTTP. `mark`: the mark of `tombstones` when that was requested. While
   *  there is a connection this does nothing, because the event arrives in order among the others. */
  deleted(conversationId: string, mark: number): void {
    const { phase } = this.connection.get();
    if (
      this.#stopped ||
      phase === 'live' ||
      phase === 'catchingUp' ||
      this.tombstones.since(mark, conversationId)
    )
      return;
    this.tombstones.note(conversationId);
    this.#refetches.drop(conversationId);
    this.change((model) => withoutConversation(model, conversationId));
    this.#deps.onEffect({ type: 'forgotten', conversationId });
  }

  /** Loads the first list again after it failed. */
  retryList(): void {
    if (this.#firstList.isAwaited && this.listProblem.get() !== null) void this.#firstList.load();
    else this.link.nudge();
  }

  #linkChanged(state: SocketState): void {
    if (state.phase === 'up') return;
    this.#replay = 'none';
    if (state.phase === 'over') this.#deps.onOver(state.why);
    else if (state.phase !== 'idle') this.#setStatus(state);
    this.#renewal.cancel();
    // Otherwise a typing notice would stay, because the event that ends it would not arrive.
    this.change((model) => (model.typing.size === 0 ? model : { ...model, typing: new Map() }));
    this.#deps.onLive(false);
    if (state.phase === 'waiting' && state.trouble === 'blocked') void this.#askOverHttp();
  }

  #setStatus(status: SyncStatus): void {
    if (this.connection.get().phase === 'live') this.lostAt = this.#deps.clock.now();
    this.connection.set(status);
  }

  #received(frame: ServerFrame): void {
    if (frame.type === 'welcome') this.#welcome(frame);
    else if (!this.#firstList.holds(frame)) this.#process(frame);
  }

  #welcome(frame: ServerFrameOf<'welcome'>): void {
    this.#activities.welcome(frame);
    this.time.learn(frame.payload.server_time);
    this.#setStatus({ phase: 'catchingUp' });
    this.#replay = 'catchUp';
    this.#firstList.cancel();
    this.#generation += 1;
    this.#overlay.clear();
    const verdict = this.#resuming.judge(frame.payload, this.model.get());
    if (verdict === 'unknown') {
      this.startAnew();
      return;
    }
    if (verdict === 'reset') this.#forget();
    if (this.#resuming.isFresh) {
      const { cursor, conversations } = this.model.get();
      if (cursor !== null) this.#startOver();
      this.#refetches.dropAll();
      this.listed.set(false);
      this.#firstList.begin(conversations.keys());
    } else this.#refetches.allAnew();
    this.change((model) => ({ ...model, history: (frame.payload as ServerPosition).history ?? null }));
    this.#renewal.schedule();
  }

  /** Empties the model. The list will bring the conversations again, so earlier requests are dropped. */
  #startOver(): void {
    this.change(startedOver);
    this.#refetches.dropAll();
  }

  /** The model belongs to another history than the server's, so it is dropped. Unsent messages belong to this device
   *  and stay. [P10] */
  #forget(): void {
    this.#deps.onReset(this.model.get());
    this.#overlay.forget();
    this.tombstones.forget();
    this.listed.set(false);
    this.#startOver();
  }

  /** The model belongs to another history, and the server does not know that. Drops the model and connects again
   *  without a cursor. */
  startAnew(): void {
    this.#forget();
    this.link.restart();
  }

  #listLoaded(waiting: readonly ServerFrame[]): void {
    this.#listedIn = this.#generation;
    this.listed.set(true);
    this.#deps.onListed();
    // The connection may be gone meanwhile. The next one starts from nothing again.
    if (this.link.state.phase === 'up') for (const frame of waiting) this.#process(frame);
  }

  #process(frame: ServerFrame): void {
    const use = isDurable(frame) ? this.#place(frame) : 'new';
    if (use === null) return;
    const ahead = frame.type === 'sync' ? frame.payload.cursor - (this.model.get().cursor ?? 0) : 0;
    // The log ends before the cursor held. The next connection finds out why.
    if (ahead < 0) {
      this.link.restart();
      return;
    }
    this.#activities.note(frame, this.model.get());
    const outcome = apply(this.model.get(), frame, this.#deps.clock.now());
    this.#overlay.note(frame);
    if (frame.type === 'conversation') {
      const { change, conversation } = frame.payload;
      if (change === 'deleted') {
        this.tombstones.note(conversation.id, frame.cursor);
        this.#refetches.drop(conversation.id);
      } else this.#refetches.anew(conversation.id);
    }
    const named = conversationIn(frame);
    this.change(() => (named === null ? outcome.model : this.#overlay.over(outcome.model, named)));
    for (const effect of outcome.effects) {
      // A repeated answer says nothing about its conversation. If that is not in the model, it was deleted since.
      if (effect.type === 'unplaced') this.#refetches.again(effect.conversationId);
      else if (use === 'new' || isOfAnswer(effect)) this.#deps.onEffect(effect);
    }
    if (frame.type === 'sync') this.#synced(ahead);
    else if (frame.type === 'typing' && frame.payload.typing)
      this.#timers.after(TYPING_MS + 50, () => {
        this.change((model) => forgetTyping(model, this.#deps.clock.now()));
      });
  }

  /** Compares a durable event with what is held, and moves the cursor. `known`: it says nothing new about its
   *  conversation, but may be an answer. Null: there is nothing to apply. */
  #place(frame: DurableFrame): 'new' | 'known' | null {
    const held = this.model.get().cursor;
    const isCatchUp = this.#replay === 'catchUp';
    const place = positionOf(held, frame.cursor, isCatchUp || this.#replay === 'repair');
    this.#resuming.noteForWitness(frame);
    if (place === 'gap') {
      // The replay brings what is missing. Apply this event now: the gap may come from a catch-up on the server's
      // side, and the `sync` at its end moves the cursor past this event before the replay repeats it.
      this.#replay = 'repair';
      this.#setStatus({ phase: 'catchingUp' });
      this.link.send('sync', { cursor: held ?? 0 });
    }
    const isRetold = isCatchUp && this.#resuming.isRetold(frame);
    if ((isRetold && this.#resuming.isForeign(frame)) || contradicts(this.model.get(), frame)) {
      this.startAnew();
      return null;
    }
    if (place === 'known' && !(isRetold && frame.type !== 'message')) {
      // The answer to a retry, or to a reaction that changes nothing, has an old cursor, but is still an answer.
      return isAnswer(frame) ? 'known' : null;
    }
    const isWhole = !isCatchUp || !this.#resuming.isFresh;
    this.change((model) => ({ ...model, witness: witnessAfter(model.witness, frame, isWhole) }));
    if (place === 'next' && this.#replay !== 'repair' && held !== null)
      this.change((model) => ({ ...model, cursor: frame.cursor }));
    // A catch-up of the server leaves out what a deletion took along. The answer to a message among that comes afterwards.
    if (this.tombstones.covers(frame)) return isAnswer(frame) ? 'known' : null;
    return 'new';
  }

  /** `ahead`: by how much this moved the cursor. */
  #synced(ahead: number): void {
    const isCaughtUp = this.#replay === 'catchUp';
    if (isCaughtUp && this.#resuming.lacksSomething) {
      this.startAnew();
      return;
    }
    if (this.#replay === 'witness') {
      // One that says where the count of live events goes on was sent before the search began, and ends nothing.
      if (ahead > 0) return;
      const witness = this.#resuming.endWitnessSearch();
      this.change((model) => ({ ...model, witness }));
    }
    this.#replay = 'none';
    this.listed.set(true);
    this.connection.set({ phase: 'live' });
    this.#deps.onLive(true);
    if (!isCaughtUp) return;
    if ((this.model.get().witness?.since ?? null) === null) {
      this.#replay = 'witness';
      this.link.send('sync', { cursor: this.#resuming.beginWitnessSearch(this.model.get()) });
    }
    keepRefreshing(this, this.#deps, this.#listedIn === this.#generation, this.#timers);
  }
}
