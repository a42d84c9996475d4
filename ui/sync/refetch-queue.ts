import { problemCode } from '../net/problem.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { Api } from '../net/api.ts';
import { withoutConversation, type Model } from '../model/model.ts';
import type { Timers } from '../net/timers.ts';

export interface RefetchDeps {
  /** Rejects with ApiProblem. */
  readonly ask: (conversationId: string) => Promise<ConversationResource>;
  /** Returns false if live events or reading on this device have gone past the answer, so that it was incomplete. */
  readonly learn: (answer: ConversationResource) => boolean;
  /** The server has no such conversation, not even a deleted one. */
  readonly unknown: (conversationId: string) => void;
  readonly later: (ms: number, run: () => void) => void;
}

interface Question {
  underWay: boolean;
  /** Whether the conversation was requested again meanwhile. */
  again: boolean;
}

/** Milliseconds between two attempts to ask the server. */
export const ASK_AGAIN_MS = 3_000;
const ASK_PAST_MS = 1_000;

/** Asks the server about conversations whose numbers cannot be derived locally, until it has answered. If a hundred
 *  events need the same conversation, one request is running and one follows it. */
export class RefetchQueue {
  readonly #deps: RefetchDeps;
  /** By conversation: requests that are running or will be repeated. */
  readonly #open = new Map<string, Question>();

  constructor(deps: RefetchDeps) {
    this.#deps = deps;
  }

  async ask(conversationId: string): Promise<void> {
    const open = this.#open.get(conversationId);
    if (open?.underWay === true) {
      open.again = true;
      return;
    }
    const question: Question = { underWay: true, again: false };
    this.#open.set(conversationId, question);
    try {
      const answer = await this.#deps.ask(conversationId);
      // The request was dropped meanwhile, so the answer is outdated.
      if (this.#open.get(conversationId) !== question) return;
      this.#open.delete(conversationId);
      const complete = this.#deps.learn(answer);
      if (question.again) void this.ask(conversationId);
      else if (!complete) this.#askLater(conversationId, question, ASK_PAST_MS);
    } catch (error) {
      if (this.#open.get(conversationId) !== question) return;
      if (problemCode(error) === 'not_found') {
        this.#open.delete(conversationId);
        this.#deps.unknown(conversationId);
      } else this.#askLater(conversationId, question, ASK_AGAIN_MS);
    }
  }

  /** Repeats the request later, unless it is repeated or dropped before. */
  #askLater(conversationId: string, question: Question, ms: number): void {
    question.underWay = false;
    this.#open.set(conversationId, question);
    this.#deps.later(ms, () => {
      if (this.#open.get(conversationId) === question) void this.ask(conversationId);
    });
  }

  /** Something has happened in the conversation, so a request that is running must be followed by another one. */
  again(conversationId: string): void {
    const open = this.#open.get(conversationId);
    if (open !== undefined) open.again = true;
  }

  /** A new connection began. Answers to earlier requests may be outdated or never come, so all are sent again. */
  allAnew(): void {
    for (const conversationId of [...this.#open.keys()]) this.anew(conversationId);
  }

  /** The conversation was created, or created again after a deletion, so the answer to a running request is outdated. */
  anew(conversationId: string): void {
    if (this.#open.delete(conversationId)) void this.ask(conversationId);
  }

  /** The conversation was deleted: ignores running requests and repeats none. */
  drop(conversationId: string): void {
    this.#open.delete(conversationId);
  }

  dropAll(): void {
    this.#open.clear();
  }
}

/** What this module uses of `Sync`. */
export interface Learner {
  readonly model: { get(): Model };
  change(edit: (model: Model) => Model): void;
  learn(conversations: readonly ConversationResource[]): void;
}

/** The refetch queue of a `Sync`. */
export const refetchQueueOf = (sync: Learner, api: Api, timers: Timers): RefetchQueue =>
  new RefetchQueue({
    ask: (conversationId) => api.conversation(conversationId),
    learn: (conversation) => {
      sync.learn([conversation]);
      const held = sync.model.get().conversations.get(conversation.id);
      const { last_seq, read_seq } = conversation;
      return held === undefined || (held.lastSeq <= last_seq && held.readSeq.me <= read_seq.me);
    },
    unknown: (conversationId) => {
      sync.change((model) =>
        model.conversations.has(conversationId) ? withoutConversation(model, conversationId) : model,
      );
    },
    later: (ms, run) => {
      timers.after(ms, run);
    },
  });
