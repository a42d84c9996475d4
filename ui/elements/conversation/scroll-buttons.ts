import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Loading } from '../../history/history.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import { closeIcon, downIcon, upIcon } from '../shared/more-icons.ts';
import { problemWords } from '../shared/words.ts';

/** The elements that float over the messages. */
@customElement('scroll-buttons')
export class ScrollButtons extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      .floating {
        position: absolute;
        inset-block-end: var(--s3);
        inset-inline: 0;
        display: flex;
        justify-content: center;
        padding-inline: var(--s4);
        pointer-events: none;
      }
      .floating.top {
        inset-block: var(--s3) auto;
      }
      .pill {
        pointer-events: auto;
        display: flex;
        align-items: center;
        gap: 0 var(--s2);
        min-block-size: var(--target);
        padding-inline: var(--s4);
        border: 1px solid var(--line);
        border-radius: 1.25rem;
        background: var(--raised);
        box-shadow: var(--shadow-high);
        font-size: var(--small);
      }
      .pill span {
        min-inline-size: 0;
      }
      .pill .acts {
        display: flex;
        align-items: center;
        min-inline-size: 0;
        margin-inline-end: calc(-1 * var(--s3));
      }
      @container (inline-size < 34rem) {
        .pill {
          flex-wrap: wrap;
          justify-content: flex-end;
          padding-block: var(--s2) var(--s1);
        }
        .pill.late {
          padding-block: 0;
        }
      }
      .late {
        opacity: 0;
        animation: appear 1ms 300ms forwards;
      }
      .floating .button {
        pointer-events: auto;
        border-radius: 2rem;
        border-color: var(--line);
        padding-inline: var(--s3) var(--s4);
        box-shadow: var(--shadow-high);
        font-size: var(--small);
      }
    `,
  ];

  /** The part of the conversation that the list is on its way to, or null. */
  @property({ attribute: false }) jump: Loading | null = null;
  /** The number of unread messages several pages up. */
  @property({ type: Number }) unreadAbove = 0;
  /** Whether the list is away from its end. */
  @property({ type: Boolean }) away = false;
  /** The number of messages that arrived at the end meanwhile. */
  @property({ type: Number }) below = 0;
  @property({ attribute: false }) toEnd: () => void = () => undefined;

  override render(): TemplateResult {
    return html`${
      this.jump !== null
        ? this.#jumpStatus(this.jump)
        : this.unreadAbove > 0
          ? this.#unreadButton(this.unreadAbove)
          : nothing
    }${this.away ? this.#newestButton() : nothing}`;
  }

  /** Says that the list is on its way to another position, or why it could not go there. */
  #jumpStatus({ problem }: Loading): TemplateResult {
    const { chat: conversation, retry, close, loading } = strings();
    if (problem === null) {
      return html`<div class="floating top">
        <div class="pill late" role="status"><span class="spin"></span><span>${loading}</span></div>
      </div>`;
    }
    const act = (name: 'retry-history' | 'dismiss-history') => () => {
      emit(this, name);
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
  }

  /** The button that leads to the first unread message, several pages up. */
  #unreadButton(count: number): TemplateResult {
    return html`<div class="floating top">
      <button
        class="button"
        type="button"
        @click=${() => {
          emit(this, 'jump-unread');
        }}
      >
        ${upIcon} ${strings().chat.toUnread(count)}
      </button>
    </div>`;
  }

  /** The button that leads back to the end. */
  #newestButton(): TemplateResult {
    const { chat: conversation } = strings();
    return html`<div class="floating">
      <button class="button" type="button" @click=${this.toEnd}>
        ${downIcon} ${this.below > 0 ? conversation.newBelow(this.below) : conversation.toNewest}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'scroll-buttons': ScrollButtons;
  }
}
