import { html, nothing, type TemplateResult } from 'lit';
import type { ProblemCode } from '../net/problem.ts';
import { strings } from '../strings/strings.ts';
import { touch } from './window-focus.ts';
import { emit } from './emit.ts';
import { iconUrl } from './icon-url.ts';
import { backIcon } from './icons.ts';
import { modifierName } from './shortcuts.ts';
import { problemWords } from './words.ts';

const icon = html`<img src=${iconUrl} alt="" width="56" height="56" />`;

/** In the place of a conversation as long as none is open. `listed`: how many there are to choose from; null before it is known. */
export const noConversation = (username: string, listed: number | null): TemplateResult => {
  const { chat } = strings();
  if (listed === 0)
    return html`<div class="nothing">
      ${icon}
      <h2>${chat.welcome}</h2>
      <p>${chat.welcomeHint}</p>
      <p class="own"><bdi>${username}</bdi></p>
    </div>`;
  return html`<div class="nothing">
    ${icon}
    <h2>${chat.none}</h2>
    ${touch() ? nothing : html`<p>${chat.noneHint(modifierName())}</p>`}
  </div>`;
};

/** The conversation that the address names: not loaded yet, could not be loaded, or not there. */
export const missingConversation = (
  host: HTMLElement,
  isListed: boolean,
  problem: ProblemCode | null,
  retryList: () => void,
): TemplateResult => {
  const { chat, list, loading, retry, toList } = strings();
  const notYet =
    problem === null
      ? html`<div role="status">
          <span class="spin"></span><span class="visually-hidden">${loading}</span>
        </div>`
      : html`<p role="alert">${list.failed} ${problemWords(problem)}</p>
          <button class="button" type="button" @click=${retryList}>${retry}</button>`;
  return html`<div class="nothing">
    ${isListed ? html`<h2>${chat.gone}</h2>` : notYet}
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

/** The part that shows it is on its way. */
export const waitingConversation = (): TemplateResult =>
  html`<div class="nothing" role="status">
    <span class="spin"></span><span class="visually-hidden">${strings().loading}</span>
  </div>`;
