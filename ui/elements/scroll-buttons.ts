import { html, type TemplateResult } from 'lit';
import type { Loading } from '../state/history.ts';
import { strings } from '../strings/strings.ts';
import { emit } from './emit.ts';
import { closeIcon, downIcon, upIcon } from './icons.ts';
import { problemWords } from './words.ts';

/** What floats over the messages: the ends of the list may be far from what is on screen. */

/** On the way to another place, or why it was not reached. */
export const leapPill = (from: HTMLElement, { problem }: Loading): TemplateResult => {
  const { chat, retry, close, loading } = strings();
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
      <span>${chat.leapFailed} ${problemWords(problem)}</span>
      <span class="acts">
        <button class="link" type="button" @click=${act('retry-history')}>${retry}</button>
        <button class="icon" type="button" aria-label=${close} @click=${act('dismiss-history')}>
          ${closeIcon}
        </button>
      </span>
    </div>
  </div>`;
};

/** The way to the first unread message, pages further up. */
export const unreadPill = (from: HTMLElement, count: number): TemplateResult =>
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

/** The way back to the end. `below`: how many messages came in there meanwhile. */
export const newestPill = (below: number, toEnd: () => void): TemplateResult => {
  const { chat } = strings();
  return html`<div class="floating">
    <button class="button" type="button" @click=${toEnd}>
      ${downIcon} ${below > 0 ? chat.newBelow(below) : chat.toNewest}
    </button>
  </div>`;
};
