import { placeOf } from '../net/cursor.ts';
import { isDurable, type Frame } from '../net/frames.ts';
import type { Link, LinkState } from '../net/link.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import type { ServerFrame } from '../../server/protocol/down.ts';
import type { Conversation } from '../../server/protocol/resources.ts';
import { Activities } from './activity.ts';
import { apply, forgetTyping, TYPING_MS } from './apply.ts';
import { refetchQueueOf, type RefetchQueue } from './refetch-queue.ts';
import { Tombstones } from './tombstones.ts';
import { loadPages } from './list-pages.ts';
import { emptyModel, withoutChat, type Model } from './model.ts';
import { refreshPeople } from './refresh-people.ts';
import { Renewal } from './renewal.ts';
import { contradicts, Resuming, witnessAfter, type ResumePoint, type Told } from './resume.ts';
import { ServerTime } from './server-time.ts';
import { signal } from './signal.ts';
import type { Connection, SyncDeps } from './sync-deps.ts';
import { Timers } from './timers.ts';
import { PresenceOverlay } from './presence-overlay.ts';
import { isCrossed, mergeChat, toChat } from './from-wire.ts';

/** Keeps the model equal to the server's log (SPEC P4): resumes by cursor, finds a gap by arithmetic and has it
 *  filled, and joins the first snapshot with the live stream without a hole. */
export class Sync {
  readonly model;
  readonly connection = signal<Connection>({ phase: 'connecting', trouble: null });
  /** When the connection was live last, by this device's clock; at first, when this began. */
  lostAt: number;
  readonly time: ServerTime;
  /** Why the first list could not be loaded; null while it is or once it was. */
  readonly listProblem = signal<ProblemCode | null>(null);
  readonly listed = signal(false);
  readonly tombstones = new Tombstones();
  readonly #deps: SyncDeps;
  readonly #link: Link;
  /** Between `welcome` or our `sync` and the server's `sync`. `repair`: frames may come twice and out of order,
   *  so all are applied and only the closing mark moves the cursor. `look`: what is known is told again, for a witness. */
  #replay: 'none' | 'first' | 'repair' | 'look' = 'none';
  /** Events that wait for the snapshot. */
  #held: ServerFrame[] | null = null;
  /** What the connection resumes from. The snapshot may have come since: it goes by what the server was asked for. */
  readonly #resuming = new Resuming();
  readonly #presence = new PresenceOverlay();
  readonly #activities = new Activities();
  /** Counts the connections. */
  #era = 0;
  /** With which of them all of the list came. */
  #listedIn = 0;
  #asksOverHttp = false;
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
    this.#link = deps.link(
      (frame) => {
        this.#received(frame);
      },
      (state) => {
        this.#linkChanged(state);
      },
    );
    this.#renewal = new Renewal(deps.api.tokens, deps.clock, (token) => {
      this.#link.renewed(token);
    });
  }

  get isStopped(): boolean {
    return this.#stopped;
  }
  get link(): Link {
    return this.#link;
  }

  /** Starts from what the disk kept, or from nothing. */
  start(saved: Pick<Model, 'cursor' | 'history' | 'witness' | 'chats' | 'timelines'> | null): void {
    if (saved !== null) {
      this.change((model) => ({ ...model, ...saved }));
      this.listed.set(saved.cursor !== null);
    }
    this.#link.start();
  }

  /** For the connection that is about to be made. */
  resumeFrom(): ResumePoint | null {
    return this.#resuming.begin(this.model.get());
  }

  stop(): void {
    this.#stopped = true;
    this.#link.stop();
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

  /** The connection there is now, for `learn`. */
  get era(): number {
    return this.#era;
  }

  /** Takes over what the server said of conversations; what live events told since stands. `askedIn`: the era when it was asked.
   *  An answer of before this connection may be older than what the connection began with: which conversations there are it
   *  does not tell, since the connection told that, and how they stand is asked again. `above`: what the page before returned. */
  learn(conversations: readonly Conversation[], askedIn = this.#era, above: number | null = null): number {
    const isOld = askedIn !== this.#era;
    const { of, last } = this.#activities.learn(this.model.get(), conversations, above);
    this.change((model) => {
      const chats = new Map(model.chats);
      for (const conversation of conversations) {
        const { id } = conversation;
        const held = chats.get(id);
        if (isOld && held === undefined) continue;
        if (isCrossed(held, conversation)) this.refresh(id);
        chats.set(id, mergeChat(held, toChat(conversation, model.me, of(id))));
      }
      return this.#presence.over({ ...model, chats });
    });
    if (isOld) for (const { id } of conversations) if (this.model.get().chats.has(id)) this.refresh(id);
    return last;
  }

  /** Asks the server for a conversation whose numbers can't be derived here. */
  refresh(chatId: string): void {
    void this.#refetches.ask(chatId);
  }

  /** The server has deleted a conversation over HTTP; `mark`: when that was asked. Where a connection tells the same, in its place
   *  among the other events, that counts. */
  deleted(chatId: string, mark: number): void {
    const { phase } = this.connection.get();
    if (this.#stopped || phase === 'live' || phase === 'catchingUp' || this.tombstones.since(mark, chatId))
      return;
    this.tombstones.note(chatId);
    this.#refetches.drop(chatId);
    this.change((model) => withoutChat(model, chatId));
    this.#deps.onEffect({ type: 'forgotten', chatId });
  }

  /** Loads the first list again after it failed. */
  retryList(): void {
    if (this.#held !== null && this.listProblem.get() !== null) void this.#loadList();
    else this.#link.nudge();
  }

  #linkChanged(state: LinkState): void {
    if (state.phase === 'up') return;
    this.#replay = 'none';
    if (state.phase === 'over') this.#deps.onOver(state.why);
    else if (state.phase !== 'idle') this.#say(state);
    this.#renewal.cancel();
    // That somebody stopped typing would not come.
    this.change((model) => (model.typing.size === 0 ? model : { ...model, typing: new Map() }));
    this.#deps.onLive(false);
    if (state.phase === 'waiting' && state.trouble === 'blocked') void this.#askOverHttp();
  }

  #say(connection: Connection): void {
    if (this.connection.get().phase === 'live') this.lostAt = this.#deps.clock.now();
    this.connection.set(connection);
  }

  async #askOverHttp(): Promise<void> {
    if (this.#asksOverHttp) return;
    this.#asksOverHttp = true;
    try {
      const { loadListOverHttp } = await import('./list-over-http.ts');
      await loadListOverHttp(this, this.#deps.api, this.#deps.onEffect);
    } catch {
      // The part is not there; the next attempt asks for it again.
    }
    this.#asksOverHttp = false;
  }

  #received(frame: ServerFrame): void {
    if (frame.type === 'welcome') this.#welcome(frame);
    else if (this.#held !== null && (isDurable(frame) || frame.type === 'sync')) this.#held.push(frame);
    else this.#process(frame);
  }

  #welcome(frame: Frame<'welcome'>): void {
    this.#activities.welcome(frame);
    this.time.learn(frame.payload.server_time);
    this.#say({ phase: 'catchingUp' });
    this.#replay = 'first';
    this.#held = null;
    this.#era += 1;
    this.#presence.clear();
    const verdict = this.#resuming.judge(frame.payload, this.model.get());
    if (verdict === 'unsaid') {
      this.startAnew();
      return;
    }
    if (verdict === 'reset') this.#forget();
    if (this.#resuming.isFresh) {
      // What came before an earlier attempt broke off may have been deleted since, and no event of it will come.
      this.#startOver();
      this.listed.set(false);
      this.#held = [];
      void this.#loadList();
    } else this.#refetches.allAnew();
    this.change((model) => ({ ...model, history: (frame.payload as Told).history ?? null }));
    this.#renewal.schedule();
  }

  /** The list will tell which conversations there are; what was asked of one before does not. */
  #startOver(): void {
    this.change((model) => ({ ...emptyModel(model.me), pending: model.pending }));
    this.#refetches.dropAll();
  }

  /** What is held here is of another history than the server's. What was written here and not sent is of this device. [P10] */
  #forget(): void {
    this.#deps.onReset(this.model.get());
    this.#presence.forget();
    this.listed.set(false);
    this.#startOver();
  }

  /** What is held is of another history, and the server does not know it: on the next connection it is asked from nothing. */
  startAnew(): void {
    this.#forget();
    this.#link.restart();
  }

  /** Subscribed first, then the snapshot, then what was held: an event is in one of them, or harmlessly in both. */
  async #loadList(): Promise<void> {
    this.listProblem.set(null);
    const held = this.#held;
    const learn = (page: readonly Conversation[], above: number | null): number =>
      this.learn(page, this.#era, above);
    try {
      if (!(await loadPages(this.#deps.api, learn, () => this.#held === held && !this.#stopped))) return;
    } catch (error) {
      if (this.#held === held) this.listProblem.set(problemCode(error));
      return;
    }
    this.#listedIn = this.#era;
    this.listed.set(true);
    this.#deps.onListed();
    this.#held = null;
    // The connection may have gone meanwhile: the next one begins from nothing again.
    if (this.#link.state.phase === 'up') for (const frame of held ?? []) this.#process(frame);
  }

  #process(frame: ServerFrame): void {
    let known = false;
    if (isDurable(frame)) {
      const held = this.model.get().cursor;
      const mayJump = this.#replay === 'first' || this.#replay === 'repair';
      const place = placeOf(held, frame.cursor, mayJump);
      this.#resuming.look(frame);
      if (place === 'gap') {
        // What is missing comes with the replay. This event counts now: the jump may be of a catch-up of the server's own,
        // and the `sync` that ends it moves the cursor past this one before the replay brings it again.
        this.#replay = 'repair';
        this.#say({ phase: 'catchingUp' });
        this.#link.send('sync', { cursor: held ?? 0 });
      }
      // The answer to a retry is older than what is held, and still an answer.
      const answer = frame.type === 'ack' && frame.payload.status === 'sent';
      const retold = this.#replay === 'first' && this.#resuming.isRetold(frame);
      if ((retold && this.#resuming.isForeign(frame)) || contradicts(this.model.get(), frame)) {
        this.startAnew();
        return;
      }
      known = place === 'known' && !(retold && frame.type !== 'message');
      if (known && !answer) return;
      const whole = this.#replay !== 'first' || !this.#resuming.isFresh;
      if (!known) this.change((model) => ({ ...model, witness: witnessAfter(model.witness, frame, whole) }));
      const moves = place === 'next' && this.#replay !== 'repair' && held !== null;
      if (moves) this.change((model) => ({ ...model, cursor: frame.cursor }));
    }
    // The log ends before what was counted: the next connection finds out.
    if (frame.type === 'sync' && frame.payload.cursor < (this.model.get().cursor ?? 0)) {
      this.#link.restart();
      return;
    }
    this.#activities.note(frame, this.model.get());
    const outcome = apply(this.model.get(), frame, this.#deps.clock.now());
    if (frame.type === 'presence') this.#presence.note(frame);
    else if (frame.type === 'user') this.#presence.noteDeleted(frame);
    if (frame.type === 'conversation') {
      const { change, conversation } = frame.payload;
      if (change === 'deleted') {
        this.tombstones.note(conversation.id);
        this.#refetches.drop(conversation.id);
      } else this.#refetches.anew(conversation.id);
    }
    const named =
      frame.type === 'message'
        ? frame.payload.conversation_id
        : frame.type === 'conversation'
          ? frame.payload.conversation.id
          : null;
    this.change(() => (named === null ? outcome.model : this.#presence.over(outcome.model, named)));
    for (const effect of outcome.effects) {
      // A repeated answer tells nothing of a conversation: one that is not here was deleted since.
      if (effect.type === 'unplaced') this.#refetches.again(effect.chatId);
      else if (!known || effect.type === 'stored') this.#deps.onEffect(effect);
    }
    if (frame.type === 'sync') this.#synced();
    else if (frame.type === 'typing' && frame.payload.typing)
      this.#timers.after(TYPING_MS + 50, () => {
        this.change((model) => forgetTyping(model, this.#deps.clock.now()));
      });
  }

  #synced(): void {
    const first = this.#replay === 'first';
    if (first && this.#resuming.lacksSomething) {
      this.startAnew();
      return;
    }
    if (this.#replay === 'look') {
      const witness = this.#resuming.endLook();
      this.change((model) => ({ ...model, witness }));
    }
    this.#replay = 'none';
    this.listed.set(true);
    this.connection.set({ phase: 'live' });
    this.#deps.onLive(true);
    if (!first) return;
    if ((this.model.get().witness?.since ?? null) === null) {
      this.#replay = 'look';
      this.#link.send('sync', { cursor: this.#resuming.beginLook(this.model.get()) });
    }
    void refreshPeople(this, this.#deps, this.#listedIn === this.#era, (ms, run) => {
      this.#timers.after(ms, run);
    });
  }
}
