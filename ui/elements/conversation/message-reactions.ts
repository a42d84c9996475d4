import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Message, Reaction } from '../../model/model.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';

/** The reactions to a message, below its bubble: one button for each emoji, pressed if the user has chosen it. */
@customElement('message-reactions')
export class MessageReactions extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        position: relative;
        z-index: 1;
        -webkit-user-select: none;
        user-select: none;
      }
      ul {
        display: flex;
        gap: 0.25rem;
      }
      button {
        position: relative;
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 0.25rem;
        min-inline-size: 2.125rem;
        block-size: 1.5rem;
        padding-inline: 0.4375rem;
        border: 1px solid var(--line);
        border-radius: 1rem;
        background: var(--raised);
        box-shadow: 0 0 0 2px var(--page);
        font-size: var(--body);
        line-height: 1;
      }
      .emoji {
        font-family: var(--emoji);
      }
      .count {
        color: var(--quiet);
        font-size: var(--tiny);
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        background: var(--chosen);
      }
      button[aria-pressed='true'] .count {
        color: var(--accent);
      }
      button[aria-disabled='true'] {
        opacity: 1;
      }
      /* What a thumb can hit is larger than what is seen. */
      button::after {
        content: '';
        position: absolute;
        inset: -0.375rem -0.125rem;
      }
      @media (pointer: coarse) {
        button::after {
          inset: -0.6875rem -0.375rem;
        }
      }
      @media (hover: hover) {
        button:hover:not([aria-disabled='true']) {
          background: var(--hover);
          border-color: var(--edge);
        }
      }
      @media (forced-colors: active) {
        button[aria-pressed='true'] {
          border: 2px solid Highlight;
        }
      }
    `,
  ];

  @property({ attribute: false }) message: Message | null = null;
  @property({ attribute: false }) reactions: readonly Reaction[] = [];
  /** The id of the user. */
  @property() me = '';
  /** The name of the other user. */
  @property() name = '';
  @property({ type: Boolean }) disabled = false;

  override render(): TemplateResult {
    const emojis = [...new Set(this.reactions.map(({ emoji }) => emoji))];
    return html`<ul aria-label=${panelStrings().react.list}>
      ${emojis.map((emoji) => html`<li>${this.#chip(emoji)}</li>`)}
    </ul>`;
  }

  #chip(emoji: string): TemplateResult {
    const by = this.reactions.filter((each) => each.emoji === emoji);
    const isOwn = by.some(({ userId }) => userId === this.me);
    const { react } = panelStrings();
    const who = by.length > 1 ? react.both(this.name) : isOwn ? strings().you : this.name;
    return html`<button
      type="button"
      aria-pressed=${isOwn ? 'true' : 'false'}
      aria-disabled=${this.disabled ? 'true' : nothing}
      aria-label=${react.by(emoji, who)}
      title=${who}
      @click=${() => {
        this.#choose(isOwn ? null : emoji);
      }}
    >
      <span class="emoji">${emoji}</span
      >${by.length > 1 ? html`<span class="count">${by.length}</span>` : nothing}
    </button>`;
  }

  #choose(emoji: string | null): void {
    const { id: messageId, seq = null } = this.message ?? {};
    if (this.disabled || messageId === undefined || seq === null) return;
    emit(this, 'react', { message: { messageId, seq }, emoji });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-reactions': MessageReactions;
  }
}
