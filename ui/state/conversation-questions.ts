import { problemCode } from '../net/problem.ts';
import type { Conversation } from '../../server/protocol/views.ts';

export interface QuestionParts {
  /** Rejects with ApiProblem. */
  readonly ask: (chatId: string) => Promise<Conversation>;
  /** False when live events, or reading here, have gone on past the answer, so that it could not tell everything. */
  readonly learn: (answer: Conversation) => boolean;
  readonly later: (ms: number, run: () => void) => void;
}

/** Between two attempts to learn what only the server can say. */
export const ASK_AGAIN_MS = 3_000;
const ASK_PAST_MS = 1_000;

/** Asks the server for conversations whose numbers can't be derived here, until it has answered. A hundred events
 *  that want one conversation are one question under way and one after it. */
export class ConversationQuestions {
  readonly #parts: QuestionParts;
  /** By conversation: under way, or to be asked again. `again`: wanted anew while it was under way. */
  readonly #open = new Map<string, { underWay: boolean; again: boolean }>();

  constructor(parts: QuestionParts) {
    this.#parts = parts;
  }

  async ask(chatId: string): Promise<void> {
    const open = this.#open.get(chatId);
    if (open?.underWay === true) {
      open.again = true;
      return;
    }
    const question = { underWay: true, again: false };
    this.#open.set(chatId, question);
    try {
      const answer = await this.#parts.ask(chatId);
      // Dropped meanwhile: the answer is of before.
      if (this.#open.get(chatId) !== question) return;
      this.#open.delete(chatId);
      const complete = this.#parts.learn(answer);
      if (question.again) void this.ask(chatId);
      else if (!complete) this.#parts.later(ASK_PAST_MS, () => void this.ask(chatId));
    } catch (error) {
      if (this.#open.get(chatId) !== question) return;
      question.underWay = false;
      if (problemCode(error) === 'not_found') this.#open.delete(chatId);
      else {
        this.#parts.later(ASK_AGAIN_MS, () => {
          if (this.#open.get(chatId) === question) void this.ask(chatId);
        });
      }
    }
  }

  /** Something has happened in it since: the answer that is under way is not the last one wanted. */
  again(chatId: string): void {
    const open = this.#open.get(chatId);
    if (open !== undefined) open.again = true;
  }

  /** A new connection: who is there may have changed unheard, and every answer under way may be of before. */
  allAgain(): void {
    for (const open of this.#open.values()) open.again = true;
  }

  /** The conversation was made or deleted: what is under way is of before, and nothing is asked again. */
  drop(chatId: string): void {
    this.#open.delete(chatId);
  }
}
