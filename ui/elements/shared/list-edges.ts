import { html, nothing, type TemplateResult } from 'lit';
import type { Loading } from '../../history/history.ts';
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
export const olderEdge = (): TemplateResult =>
  html`<div class="edge"><p class="paper">${strings().chat.notPrinted}</p></div>`;
