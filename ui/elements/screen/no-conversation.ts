import { html, nothing, type TemplateResult } from 'lit';
import type { ProblemCode } from '../../net/problem.ts';
import { strings } from '../../strings/strings.ts';
import { touch } from '../shared/window-focus.ts';
import { emit } from '../shared/emit.ts';
import { iconUrl } from '../shared/icon-url.ts';
import { backIcon } from '../shared/icons.ts';
import { modifierName } from '../shared/shortcuts.ts';
import { problemWords } from '../shared/words.ts';

const icon = html`<img src=${iconUrl} alt="" width="56" height="56" />`;

/** Shown while no conversation is open. `listed`: the number of conversations to choose from; null before it is
 *  known. */
export const noConversation = (username: string, listed: number | null): TemplateResult => {
  const { chat: conversation } = strings();
  if (listed === 0)
    return html`<div class="nothing">
      ${icon}
      <h2>${conversation.welcome}</h2>
      <p>${conversation.welcomeHint}</p>
      <p class="own"><bdi>${username}</bdi></p>
    </div>`;
  return html`<div class="nothing">
    ${icon}
    <h2>${conversation.none}</h2>
    ${touch() ? nothing : html`<p>${conversation.noneHint(modifierName())}</p>`}
  </div>`;
};

/** Shown instead of the conversation in the address if it is not loaded yet, could not be loaded, or does not exist. */
export const missingConversation = (
  host: HTMLElement,
  isListed: boolean,
  problem: ProblemCode | null,
  retryList: () => void,
): TemplateResult => {
  const { chat: conversation, list, loading, retry, toList } = strings();
  const notYet =
    problem === null
      ? html`<div role="status">
          <span class="spin"></span><span class="visually-hidden">${loading}</span>
        </div>`
      : html`<p role="alert">${list.failed} ${problemWords(problem)}</p>
          <button class="button" type="button" @click=${retryList}>${retry}</button>`;
  return html`<div class="nothing">
    ${isListed ? html`<h2>${conversation.gone}</h2>` : notYet}
    <button
      class="button back"
      type="button"
      @click=${() => {
        emit(host, 'leave-chat');
      }}
    >
      ${backIcon} ${toList}
    </button>
  </div>`;
};

/** Shown while the file of the conversation view is loading. */
export const waitingConversation = (): TemplateResult =>
  html`<div class="nothing" role="status">
    <span class="spin"></span><span class="visually-hidden">${strings().loading}</span>
  </div>`;
