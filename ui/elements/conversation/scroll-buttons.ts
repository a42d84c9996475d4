import { html, type TemplateResult } from 'lit';
import type { Loading } from '../../history/history.ts';
import { strings } from '../../strings/strings.ts';
import { emit } from '../shared/emit.ts';
import { closeIcon, downIcon, upIcon } from '../shared/icons.ts';
import { problemWords } from '../shared/words.ts';

/** The elements that float over the messages. */

/** Says that the list is on its way to another position, or why it could not go there. */
export const jumpStatus = (from: HTMLElement, { problem }: Loading): TemplateResult => {
  const { chat: conversation, retry, close, loading } = strings();
  if (problem === null) {
    return html`<div class="floating top">
      <div class="pill late" role="status"><span class="spin"></span><span>${loading}</span></div>
    </div>`;
  }
  const act = (name: 'retry-history' | 'dismiss-history') => () => {
    emit(from, name);
  };
  return html`<div class="floating top">
    <div class="pill" role="alert">
      <span>${conversation.jumpFailed} ${problemWords(problem)}</span>
      <span class="acts">
        <button class="link" type="button" @click=${act('retry-history')}>${retry}</button>
        <button class="icon" type="button" aria-label=${close} @click=${act('dismiss-history')}>
          ${closeIcon}
        </button>
      </span>
    </div>
  </div>`;
};

/** The button that leads to the first unread message, several pages up. */
export const unreadButton = (from: HTMLElement, count: number): TemplateResult =>
  html`<div class="floating top">
    <button
      class="button"
      type="button"
      @click=${() => {
        emit(from, 'jump-unread');
      }}
    >
      ${upIcon} ${strings().chat.toUnread(count)}
    </button>
  </div>`;

/** The button that leads back to the end. `below`: the number of messages that arrived there meanwhile. */
export const newestButton = (below: number, toEnd: () => void): TemplateResult => {
  const { chat: conversation } = strings();
  return html`<div class="floating">
    <button class="button" type="button" @click=${toEnd}>
      ${downIcon} ${below > 0 ? conversation.newBelow(below) : conversation.toNewest}
    </button>
  </div>`;
};
