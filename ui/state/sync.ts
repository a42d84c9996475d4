import { placeOf } from '../net/cursor.ts';
import { isDurable, type Frame } from '../net/frames.ts';
import type { Link, LinkState } from '../net/link.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import type { Down } from '../../server/protocol/down.ts';
import type { Conversation } from '../../server/protocol/views.ts';
import { Activities } from './activity.ts';
import { apply, TYPING_MS } from './apply.ts';
import { ASK_AGAIN_MS, ConversationQuestions } from './conversation-questions.ts';
import { Deletions } from './deletions.ts';
import { emptyModel, type Model } from './model.ts';
import { Renewal } from './renewal.ts';
import { signal } from './signal.ts';
import type { Connection, SyncParts } from './sync-parts.ts';
import { Timers } from './timers.ts';
import { ToldPresence } from './told-presence.ts';
import { isCrossed, mergeChat, toChat } from './views.ts';

/** Keeps the model equal to the server's log (SPEC P4): resumes by cursor, finds a gap by arithmetic and has it
 *  filled, and joins the first snapshot with the live stream without a hole. */
export class Sync {
  readonly model;
  readonly connection = signal<Connection>({ phase: 'connecting' });
  /** Why the first list could not be loaded; null while it is or once it was. */
  readonly listProblem = signal<ProblemCode | null>(null);
  readonly listed = signal(false);
  readonly deletions = new Deletions();
  readonly #parts: SyncParts;
  readonly #link: Link;
  /** Between `welcome` or our `sync` and the server's `sync`. `repair`: frames may come twice and out of order,
   *  so all are applied and only the closing mark moves the cursor. */
  #replay: 'none' | 'first' | 'repair' = 'none';
  /** Events that wait for the snapshot. */
  #held: Down[] | null = null;
  /** What the connection resumes from. The snapshot may have come since: it goes by what the server was asked for. */
  #resumed: number | null = null;
  readonly #presence = new ToldPresence();
  readonly #activities = new Activities();
  /** Counts the connections. */
  #era = 0;
  readonly #questions: ConversationQuestions;
  readonly #timers: Timers;
  readonly #renewal: Renewal;
  #stopped = false;

  constructor(me: string, parts: SyncParts) {
    this.#parts = parts;
    this.model = signal<Model>(emptyModel(me));
    this.#timers = new Timers(parts.clock);
    this.#questions = new ConversationQuestions({
      ask: (chatId) => parts.api.conversation(chatId),
      learn: (conversation) => {
        this.learn([conversation]);
        const held = this.model.get().chats.get(conversation.id);
        const { last_seq, read_seq } = conversation;
        return held === undefined || (held.lastSeq <= last_seq && held.readSeq.me <= read_seq.me);
      },
      later: (ms, run) => {
        this.#timers.after(ms, run);
      },
    });
    this.#link = parts.link(
      (frame) => {
        this.#received(frame);
      },
      (state) => {
        this.#linkChanged(state);
      },
    );
    this.#renewal = new Renewal(parts.api.tokens, parts.clock, (token) => {
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
  start(saved: Pick<Model, 'cursor' | 'chats' | 'timelines'> | null): void {
    if (saved !== null) {
      this.change((model) => ({ ...model, ...saved }));
      this.listed.set(saved.cursor !== null);
    }
    this.#link.start();
  }

  /** For the connection that is about to be made. */
  resumeFrom(): number | null {
    this.#resumed = this.model.get().cursor;
    return this.#resumed;
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
    this.#parts.onChange();
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
    void this.#questions.ask(chatId);
  }

  /** Loads the first list again after it failed. */
  retryList(): void {
    if (this.#held !== null && this.listProblem.get() !== null) void this.#loadList();
    else this.#link.nudge();
  }

  #linkChanged(state: LinkState): void {
    if (state.phase === 'up') return;
    this.#replay = 'none';
    if (state.phase === 'over') this.#parts.onOver(state.why);
    else if (state.phase !== 'idle') this.connection.set(state);
    this.#renewal.cancel();
    this.#parts.onLive(false);
  }

  #received(frame: Down): void {
    if (frame.type === 'welcome') this.#welcome(frame);
    else if (this.#held !== null && (isDurable(frame) || frame.type === 'sync')) this.#held.push(frame);
    else this.#process(frame);
  }

  #welcome(frame: Frame<'welcome'>): void {
    this.#activities.welcome(frame);
    this.connection.set({ phase: 'catchingUp' });
    this.#replay = 'first';
    this.#held = null;
    this.#era += 1;
    this.#presence.clear();
    const { cursor, me } = this.model.get();
    // A server that holds less than this client was restored from a backup: start over from what it has.
    if (cursor !== null && frame.payload.cursor < cursor) {
      this.#startOver(me);
      this.#link.restart();
      return;
    }
    if (this.#resumed === null) {
      // What came before an earlier attempt broke off may have been deleted since, and no event of it will come.
      this.#startOver(me);
      this.#held = [];
      void this.#loadList();
    } else this.#questions.allAnew();
    this.#renewal.schedule();
  }

  /** The list will tell which conversations there are; what was asked of one before does not. */
  #startOver(me: string): void {
    this.change((model) => ({ ...emptyModel(me), pending: model.pending }));
    this.#questions.dropAll();
  }

  /** Subscribed first, then the snapshot, then what was held: an event is in one of them, or harmlessly in both. */
  async #loadList(): Promise<void> {
    this.listProblem.set(null);
    const held = this.#held;
    try {
      let before: string | undefined;
      let above: number | null = null;
      do {
        const page = await this.#parts.api.conversations(before);
        if (this.#held !== held || this.#stopped) return;
        above = this.learn(page.conversations, this.#era, above);
        before = page.next ?? undefined;
      } while (before !== undefined);
    } catch (error) {
      if (this.#held === held) this.listProblem.set(problemCode(error));
      return;
    }
    this.listed.set(true);
    this.#held = null;
    for (const frame of held ?? []) this.#process(frame);
  }

  #process(frame: Down): void {
    let known = false;
    if (isDurable(frame)) {
      const held = this.model.get().cursor;
      const place = placeOf(held, frame.cursor, this.#replay !== 'none');
      if (place === 'gap') {
        // What is missing comes with the replay. This event counts now: the jump may be of a catch-up of the server's own,
        // and the `sync` that ends it moves the cursor past this one before the replay brings it again.
        this.#replay = 'repair';
        this.connection.set({ phase: 'catchingUp' });
        this.#link.send('sync', { cursor: held ?? 0 });
      }
      // The answer to a retry is older than what is held, and still an answer.
      const answer = frame.type === 'ack' && frame.payload.status === 'sent';
      known = place === 'known';
      if (known && !answer) return;
      const moves = place === 'next' && this.#replay !== 'repair' && held !== null;
      if (moves) this.change((model) => ({ ...model, cursor: frame.cursor }));
    }
    this.#activities.note(frame, this.model.get());
    const outcome = apply(this.model.get(), frame, this.#parts.clock.now());
    if (frame.type === 'presence') this.#presence.note(frame);
    else if (frame.type === 'user') this.#presence.noteDeleted(frame);
    if (frame.type === 'conversation') {
      const { change, conversation } = frame.payload;
      if (change === 'deleted') {
        this.deletions.note(conversation.id);
        this.#questions.drop(conversation.id);
      } else this.#questions.anew(conversation.id);
    }
    const names = frame.type === 'message' || frame.type === 'conversation';
    this.change(() => (names ? this.#presence.over(outcome.model) : outcome.model));
    for (const effect of outcome.effects) {
      // A repeated answer tells nothing of a conversation: one that is not here was deleted since.
      if (effect.type === 'unplaced') this.#questions.again(effect.chatId);
      else if (!known || effect.type === 'stored') this.#parts.onEffect(effect);
    }
    if (frame.type === 'sync') this.#synced();
    else if (frame.type === 'typing' && frame.payload.typing) this.#forgetTyping();
  }

  #synced(): void {
    const first = this.#replay === 'first';
    this.#replay = 'none';
    this.listed.set(true);
    this.connection.set({ phase: 'live' });
    this.#parts.onLive(true);
    if (first) void this.#refreshPeople();
  }

  /** Who is there is not in the log: after every connection the list tells. What a crash kept from being asked for comes too. */
  async #refreshPeople(): Promise<void> {
    const era = this.#era;
    const { mark } = this.deletions;
    try {
      const { conversations } = await this.#parts.api.conversations();
      // The next connection asks by itself, and may have its answer already.
      if (era !== this.#era) return;
      this.learn(conversations.filter(({ id }) => !this.deletions.since(mark, id)));
      for (const { id, read_seq } of conversations) {
        const seq = this.model.get().chats.get(id)?.readSeq.me ?? 0;
        if (seq > read_seq.me) this.#parts.onEffect({ type: 'readUntold', chatId: id, seq });
      }
    } catch {
      this.#timers.after(ASK_AGAIN_MS, () => {
        if (era === this.#era) void this.#refreshPeople();
      });
    }
  }

  #forgetTyping(): void {
    this.#timers.after(TYPING_MS + 50, () => {
      const now = this.#parts.clock.now();
      this.change((model) => {
        const typing = new Map([...model.typing].filter(([, until]) => until > now));
        return typing.size === model.typing.size ? model : { ...model, typing };
      });
    });
  }
}
