import { html, nothing, type TemplateResult } from 'lit';
import type { Loading } from '../../history/history.ts';
import { fullDay } from '../../model/text/dates.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { emit } from './emit.ts';
import { problemWords } from './words.ts';

/** What stands above the first and below the last message. */

/** Says that more messages are loading, or why they could not be loaded. */
export const loadingEdge = (from: HTMLElement, { problem }: Loading): TemplateResult => {
  const { chat: conversation, retry, loading } = strings();
  if (problem === null) {
    return html`<div class="edge" role="status">
      <span class="spin"></span><span class="visually-hidden">${loading}</span>
    </div>`;
  }
  return html`<div class="edge" role="alert">
    <p>${conversation.loadFailed} ${problemWords(problem)}</p>
    <button
      class="button"
      type="button"
      @click=${() => {
        emit(from, 'retry-history');
      }}
    >
      ${retry}
    </button>
  </div>`;
};

/** The beginning of the conversation. `words`: null if it is not loaded. */
export const firstEdge = (words: string | null): TemplateResult =>
  html`<div class="edge">${words ?? nothing}</div>`;

/** For printing: says that older messages are missing. */
const olderEdge = (): TemplateResult =>
  html`<div class="edge"><p class="paper">${strings().chat.notPrinted}</p></div>`;

/** What is known of the beginning of a conversation. */
export interface ConversationStart {
  readonly loaded: boolean;
  /** Whether there are older messages than those that are loaded. */
  readonly older: boolean;
  readonly removedUntil: string | null;
  readonly isEmpty: boolean;
}

/** What stands above the first loaded message. `name`: of the other user. */
export const startEdge = (
  { loaded, older, removedUntil, isEmpty }: ConversationStart,
  name: string,
): TemplateResult => {
  const { chat: conversation } = strings();
  if (!loaded) return firstEdge(null);
  if (older) return olderEdge();
  if (removedUntil !== null) return firstEdge(conversation.removedUntil(fullDay(removedUntil, language())));
  return firstEdge(isEmpty ? conversation.empty(name) : conversation.beginning);
};
