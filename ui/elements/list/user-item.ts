import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import { isDeleted, type Message, type DeliveryState } from '../../model/model.ts';
import { profileOf } from '../../model/person.ts';
import { hashOf } from '../../navigation/route.ts';
import { isPicture, messageWords } from '../../model/text/attachment-words.ts';
import { shortTime } from '../../model/text/dates.ts';
import { shortened } from '../../model/text/graphemes.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { tickFor } from '../shared/delivery-icons.ts';
import { clipIcon, mutedIcon, photoIcon, pinIcon } from '../shared/icons.ts';
import { plainText } from '../shared/message-text.ts';
import '../shared/person-avatar.ts';
import { nameOf } from '../shared/words.ts';

/** One conversation in the list: name, last message, time and unread count. It is a link, so that it can be opened in
 *  a second window. */
@customElement('user-item')
export class UserItem extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host {
        position: relative;
        display: block;
        -webkit-touch-callout: none;
      }
      a {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 var(--s3);
        align-items: center;
        min-block-size: 3.875rem;
        padding: var(--s2) var(--s3);
        border-radius: var(--round);
        color: inherit;
        text-decoration: none;
        --behind: var(--pane);
      }
      /* A long press opens the menu. */
      @media (pointer: coarse) {
        a {
          -webkit-user-select: none;
          user-select: none;
        }
      }
      a:hover {
        background: var(--hover);
        --behind: var(--hover);
      }
      a[aria-current] {
        background: var(--chosen);
        --behind: var(--chosen);
      }
      a:focus-visible {
        outline-offset: -2px;
      }
      @media (forced-colors: active) {
        a[aria-current] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
        a:focus-visible {
          outline-width: 4px;
        }
      }
      .line {
        display: flex;
        gap: var(--s2);
        align-items: baseline;
        min-inline-size: 0;
      }
      .name {
        flex: 1;
        text-align: -webkit-match-parent;
        text-align: match-parent;
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .gone {
        font-style: italic;
        font-weight: 500;
      }
      time {
        font-size: var(--tiny);
        color: var(--quiet);
        white-space: nowrap;
      }
      .last {
        display: flex;
        flex: 1;
        gap: var(--s1);
        align-items: center;
        min-inline-size: 0;
        color: var(--quiet);
        font-size: var(--small);
      }
      .last bdi {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .draft,
      .tick.failed {
        color: var(--danger);
      }
      .tick.read {
        color: var(--accent);
      }
      .typing {
        color: var(--accent);
      }
      .count {
        flex: none;
        min-inline-size: 1.375rem;
        padding: 0 0.375rem;
        border-radius: 1rem;
        background: var(--fill);
        color: var(--on-accent);
        outline: 1px solid transparent;
        font-size: var(--tiny);
        font-weight: 650;
        line-height: 1.375rem;
        text-align: center;
      }
      .name + svg,
      .last ~ svg {
        inline-size: 0.875rem;
        block-size: 0.875rem;
        align-self: center;
        color: var(--quiet);
      }
      /* The button of the menu takes its place. */
      a:has(~ row-more) time {
        opacity: 0;
      }
      .unread .name {
        font-weight: 700;
      }
      .unread .last {
        color: var(--text);
      }
      .unread:not(.muted) time {
        color: var(--accent);
        font-weight: 600;
      }
      .muted .count {
        background: var(--line);
        color: var(--text);
      }
    `,
  ];

  @property() conversationId = '';
  @property({ attribute: false }) peer: UserResource | null = null;
  @property({ attribute: false }) last: Message | null = null;
  @property({ attribute: false }) lastState: DeliveryState = 'sent';
  @property({ type: Number }) unread = 0;
  @property({ type: Boolean }) pinned = false;
  @property({ type: Boolean }) muted = false;
  @property() draft = '';
  @property({ type: Boolean }) typing = false;
  @property({ type: Boolean }) current = false;
  /** Whether there is a connection. Without one, presence is unknown and not shown. */
  @property({ type: Boolean }) live = true;
  @property({ type: Number }) now = 0;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('a')?.focus(options);
  }

  override render(): TemplateResult {
    const { list } = strings();
    const { peer, last } = this;
    if (peer === null) return html``;
    const online = !isDeleted(peer) && peer.status === 'online' && this.live;
    const classes = `${this.unread > 0 ? 'unread' : ''} ${this.muted ? 'muted' : ''}`;
    return html`<a
      href=${hashOf({ name: 'conversation', conversationId: this.conversationId })}
      class=${classes}
      aria-current=${this.current ? 'page' : nothing}
    >
      <person-avatar
        .person=${peer.id}
        .name=${nameOf(peer)}
        .picture=${profileOf(peer).avatar}
        .gone=${isDeleted(peer)}
        .online=${online}
      ></person-avatar>
      <div>
        <div class="line">
          <bdi class="name ${isDeleted(peer) ? 'gone' : ''}">${nameOf(peer)}</bdi>
          ${this.muted ? html`${mutedIcon}<span class="visually-hidden">, ${list.muted}</span>` : nothing}
          ${online ? html`<span class="visually-hidden">, ${list.online}</span>` : nothing}
          ${
            last !== null
              ? html`<time datetime=${last.sentAt}>${shortTime(last.sentAt, this.now, language())}</time>`
              : nothing
          }
        </div>
        <div class="line">
          <span class="last">${this.#lastLine()}</span>
          ${this.pinned ? pinIcon : nothing}
          ${
            this.unread > 0
              ? html`<span class="count"
                  ><span aria-hidden="true">${this.unread > 999 ? '999+' : this.unread}</span
                  ><span class="visually-hidden">${list.unread(this.unread)}</span></span
                >`
              : nothing
          }
        </div>
      </div>
    </a>`;
  }

  #lastLine(): TemplateResult {
    const { list } = strings();
    if (this.typing) return html`<span class="typing">${list.typing}</span>`;
    if (this.draft !== '' && !this.current && this.peer !== null && !isDeleted(this.peer)) {
      return html`<span class="draft">${list.draft}</span
        ><bdi>${shortened(plainText(this.draft), 200)}</bdi>`;
    }
    if (this.last === null) return html`<span>${list.noMessages}</span>`;
    const { mine, attachments } = this.last;
    const sign = attachments.length === 0 ? nothing : attachments.every(isPicture) ? photoIcon : clipIcon;
    return html`${mine ? tickFor(this.lastState) : nothing}${sign}<bdi
        >${shortened(messageWords(this.last, plainText), 200)}</bdi
      >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'user-item': UserItem;
  }
}
