import { problemCode } from '../net/problem.ts';
import type { Conversation } from '../../server/protocol/resources.ts';
import type { Api } from '../net/api.ts';
import { withoutChat, type Model } from './model.ts';
import type { Timers } from './timers.ts';

export interface RefetchDeps {
  /** Rejects with ApiProblem. */
  readonly ask: (chatId: string) => Promise<Conversation>;
  /** False when live events, or reading here, have gone on past the answer, so that it could not tell everything. */
  readonly learn: (answer: Conversation) => boolean;
  /** The server has no such conversation, not even a deleted one. */
  readonly unknown: (chatId: string) => void;
  readonly later: (ms: number, run: () => void) => void;
}

interface Question {
  underWay: boolean;
  /** Wanted anew meanwhile. */
  again: boolean;
}

/** Between two attempts to learn what only the server can say. */
export const ASK_AGAIN_MS = 3_000;
const ASK_PAST_MS = 1_000;

/** Asks the server for conversations whose numbers can't be derived here, until it has answered. A hundred events
 *  that want one conversation are one question under way and one after it. */
export class RefetchQueue {
  readonly #deps: RefetchDeps;
  /** By conversation: under way, or to be asked again. */
  readonly #open = new Map<string, Question>();

  constructor(deps: RefetchDeps) {
    this.#deps = deps;
  }

  async ask(chatId: string): Promise<void> {
    const open = this.#open.get(chatId);
    if (open?.underWay === true) {
      open.again = true;
      return;
    }
    const question: Question = { underWay: true, again: false };
    this.#open.set(chatId, question);
    try {
      const answer = await this.#deps.ask(chatId);
      // Dropped meanwhile: the answer is of before.
      if (this.#open.get(chatId) !== question) return;
      this.#open.delete(chatId);
      const complete = this.#deps.learn(answer);
      if (question.again) void this.ask(chatId);
      else if (!complete) this.#askLater(chatId, question, ASK_PAST_MS);
    } catch (error) {
      if (this.#open.get(chatId) !== question) return;
      if (problemCode(error) === 'not_found') {
        this.#open.delete(chatId);
        this.#deps.unknown(chatId);
      } else this.#askLater(chatId, question, ASK_AGAIN_MS);
    }
  }

  /** Unless it is asked or dropped before. */
  #askLater(chatId: string, question: Question, ms: number): void {
    question.underWay = false;
    this.#open.set(chatId, question);
    this.#deps.later(ms, () => {
      if (this.#open.get(chatId) === question) void this.ask(chatId);
    });
  }

  /** Something has happened in it since: the answer that is under way is not the last one wanted. */
  again(chatId: string): void {
    const open = this.#open.get(chatId);
    if (open !== undefined) open.again = true;
  }

  /** A new connection: answers that are under way may be of before, and may never come. */
  allAnew(): void {
    for (const chatId of [...this.#open.keys()]) this.anew(chatId);
  }

  /** It was made, or made again after a deletion: an answer that is under way is of before. */
  anew(chatId: string): void {
    if (this.#open.delete(chatId)) void this.ask(chatId);
  }

  /** The conversation was deleted: what is under way is of before, and nothing is asked again. */
  drop(chatId: string): void {
    this.#open.delete(chatId);
  }

  dropAll(): void {
    this.#open.clear();
  }
}

/** What the answers go to. */
export interface Learner {
  readonly model: { get(): Model };
  change(edit: (model: Model) => Model): void;
  learn(conversations: readonly Conversation[]): void;
}

/** The questions of one learner. */
export const refetchQueueOf = (sync: Learner, api: Api, timers: Timers): RefetchQueue =>
  new RefetchQueue({
    ask: (chatId) => api.conversation(chatId),
    learn: (conversation) => {
      sync.learn([conversation]);
      const held = sync.model.get().chats.get(conversation.id);
      const { last_seq, read_seq } = conversation;
      return held === undefined || (held.lastSeq <= last_seq && held.readSeq.me <= read_seq.me);
    },
    unknown: (chatId) => {
      sync.change((model) => (model.chats.has(chatId) ? withoutChat(model, chatId) : model));
    },
    later: (ms, run) => {
      timers.after(ms, run);
    },
  });
