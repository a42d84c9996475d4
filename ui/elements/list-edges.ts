import { html, nothing, type TemplateResult } from 'lit';
import type { Loading } from '../state/history.ts';
import { strings } from '../strings/strings.ts';
import { emit } from './emit.ts';
import { problemWords } from './words.ts';

/** What stands above the first and below the last message. */

/** That more is on its way, or why it did not come. */
export const loadingEdge = (from: HTMLElement, { problem }: Loading): TemplateResult => {
  const { chat, retry, loading } = strings();
  if (problem === null) {
    return html`<div class="edge" role="status">
      <span class="spin"></span><span class="visually-hidden">${loading}</span>
    </div>`;
  }
  return html`<div class="edge" role="alert">
    <p>${chat.loadFailed} ${problemWords(problem)}</p>
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

/** The beginning of the conversation. `words`: null while it lies further up. */
export const firstEdge = (words: string | null): TemplateResult =>
  html`<div class="edge">${words ?? nothing}</div>`;

/** The conversation begins further up, which paper has to say. */
export const olderEdge = (): TemplateResult =>
  html`<div class="edge"><p class="paper">${strings().chat.notPrinted}</p></div>`;
