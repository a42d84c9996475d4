import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { stateOf } from '../state/edit.ts';
import type { Loading } from '../state/history.ts';
import type { Chat, ChatMessage } from '../state/model.ts';
import { dayName } from '../state/text/dates.ts';
import { rowsOf, type Row } from '../state/text/rows.ts';
import { language, strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { messageListStyles } from '../styles/message-list.ts';
import { emit } from './emit.ts';
import { leapPill, newestPill, unreadPill } from './list-pills.ts';
import './message-bubble.ts';
import { goTo, ScrollKeeper } from './scroll-keeper.ts';
import { nameOf, problemWords } from './words.ts';

const PAGE_AHEAD_PX = 900;

/** A message to go to. `quiet`: to its top, without a mark and without the focus. */
export interface Target {
  readonly seq: number;
  readonly quiet?: boolean;
}

/** The messages of one conversation. Shows what it is given, asks for more near its ends, says what was seen. */
@customElement('message-list')
export class MessageList extends LitElement {
  static override readonly styles = [base, controls, messageListStyles];

  @property({ attribute: false }) chat: Chat | null = null;
  @property({ attribute: false }) messages: readonly ChatMessage[] = [];
  @property() me = '';
  @property({ type: Boolean }) loaded = false;
  @property({ type: Boolean }) older = false;
  /** The conversation goes on below: a place further back is shown. */
  @property({ type: Boolean }) detour = false;
  @property({ attribute: false }) loading: Loading | null = null;
  /** What had been read when the conversation was opened; null for no line. */
  @property({ attribute: false }) unreadAfter: number | null = null;
  @property({ type: Number }) unreadAbove = 0;
  /** A message to go to. A new object goes there again. */
  @property({ attribute: false }) target: Target | null = null;
  @property({ type: Number }) now = 0;
  @state() private detailed: string | null = null;
  @state() private below = 0;
  @state() private away = false;
  @query('.scroller') private readonly scroller!: HTMLElement;
  readonly #keeper = new ScrollKeeper();
  #opened = '';
  #reached: unknown = null;
  #hit: number | null = null;
  #bottomSeq = 0;
  /** Renders whose bubbles are not there yet: the places of before the first of them count. */
  #unsettled = 0;
  #frame = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  /** The newest message gets the focus, for the keyboard. */
  focusLast(): void {
    this.#rows().at(-1)?.focus();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('chat') && changed.get('chat')?.id !== this.chat?.id) {
      this.#keeper.forget();
      this.detailed = null;
      this.below = 0;
      this.#bottomSeq = this.chat?.lastSeq ?? 0;
      this.#hit = null;
    } else if (this.hasUpdated && this.#unsettled === 0) {
      this.#keeper.remember(this.scroller, this.#rows());
    }
    if (changed.has('target')) this.#hit = this.target?.quiet === true ? null : (this.target?.seq ?? null);
  }

  override render(): TemplateResult {
    const { chat } = this;
    if (chat === null) return html``;
    const name = nameOf(chat.peer);
    return html`<div
        class="scroller"
        role="region"
        tabindex="0"
        aria-label=${strings().chat.messages(name)}
        @scroll=${this.#scrolled}
        @keydown=${this.#key}
        @show-details=${(event: CustomEvent<{ id: string | null }>) => {
          this.detailed = event.detail.id;
        }}
      >
        <div class="content">
          ${this.#beginning(name)}
          <ol>
            ${repeat(
              rowsOf(this.messages, this.unreadAfter),
              (row) => row.message.id,
              (row) => this.#row(row, chat, name),
            )}
          </ol>
          ${this.loading?.direction === 'newer' ? this.#progress(this.loading) : nothing}
        </div>
      </div>
      ${this.#floating()}`;
  }

  #row(row: Row, chat: Chat, name: string): TemplateResult {
    const { message } = row;
    const classes = [
      'row',
      row.first ? 'first' : '',
      message.seq !== null && message.seq === this.#hit ? 'hit' : '',
    ];
    return html`<li
      class=${classes.join(' ')}
      tabindex="-1"
      data-id=${message.id}
      data-seq=${message.seq ?? nothing}
    >
      ${row.day ? html`<h3 class="day">${dayName(message.at, this.now, language())}</h3>` : nothing}
      ${row.unread ? html`<div class="unread" role="separator">${strings().chat.unreadLine}</div>` : nothing}
      <message-bubble
        .message=${message}
        .sender=${message.mine ? strings().you : name}
        .delivery=${message.mine ? stateOf(message, chat) : null}
        .mine=${message.mine}
        .first=${row.first}
        .last=${row.last}
        .details=${this.detailed === message.id}
        .deliveredMarks=${chat.deliveredMarks}
        .readMarks=${chat.readMarks}
      ></message-bubble>
    </li>`;
  }

  #beginning(name: string): TemplateResult {
    const { chat } = strings();
    const { loading } = this;
    if (loading !== null && loading.direction !== 'newer' && !this.#leaping) return this.#progress(loading);
    if (!this.loaded || this.older) return html`<div class="edge"></div>`;
    return html`<div class="edge">${this.messages.length === 0 ? chat.empty(name) : chat.beginning}</div>`;
  }

  #progress(loading: Loading): TemplateResult {
    const { chat, retry, loading: words } = strings();
    if (loading.problem === null) {
      return html`<div class="edge" role="status">
        <span class="spin"></span><span class="aloud">${words}</span>
      </div>`;
    }
    return html`<div class="edge" role="alert">
      <p>${chat.loadFailed} ${problemWords(loading.problem)}</p>
      <button
        class="button"
        type="button"
        @click=${() => {
          emit(this, 'retry-history');
        }}
      >
        ${retry}
      </button>
    </div>`;
  }

  /** Somebody is on the way to another place, and sees this one until then. */
  get #leaping(): boolean {
    return this.loading?.direction === 'around' && this.messages.length > 0;
  }

  #floating(): TemplateResult {
    const leaping = this.#leaping && this.loading !== null;
    const away = this.below > 0 || this.detour || this.away;
    return html`${
      leaping && this.loading !== null
        ? leapPill(this, this.loading)
        : this.unreadAbove > 0
          ? unreadPill(this, this.unreadAbove)
          : nothing
    }${away ? newestPill(this.below, this.#toEnd) : nothing}`;
  }

  override updated(): void {
    this.#unsettled += 1;
    void this.#settle();
  }

  /** Bubbles render a microtask after the list, so places are measured when they have; still before the paint. */
  async #settle(): Promise<void> {
    const bubbles = [...this.renderRoot.querySelectorAll('message-bubble')];
    await Promise.all(bubbles.map((bubble) => bubble.updateComplete));
    this.#unsettled -= 1;
    if (this.#unsettled > 0 || !this.isConnected || this.chat === null) return;
    const rows = this.#rows();
    if (this.#opened !== this.chat.id && this.loaded) {
      this.#opened = this.chat.id;
      this.scroller.scrollTop = 0;
      const line = this.renderRoot.querySelector('.unread');
      if (line !== null) goTo(line, 'start');
    } else {
      this.#keeper.restore(this.scroller, rows, !this.detour);
    }
    if (this.target !== null && this.target !== this.#reached) {
      const row = rows.find((each) => each.dataset['seq'] === String(this.target?.seq));
      if (row !== undefined) {
        this.#reached = this.target;
        const quiet = this.target.quiet === true;
        goTo(row, quiet ? 'start' : 'center');
        if (!quiet) row.focus({ preventScroll: true });
      }
    }
    this.#look();
  }

  #rows(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.row')];
  }

  readonly #scrolled = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#look();
    });
  };

  /** What is on screen now, and whether more is wanted. */
  #look(): void {
    const { scroller, chat } = this;
    if (chat === null || !this.loaded) return;
    const idle = this.loading === null;
    const above = scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop;
    if (idle && this.older && above < PAGE_AHEAD_PX) emit(this, 'need-older');
    if (idle && this.detour && -scroller.scrollTop < PAGE_AHEAD_PX) emit(this, 'need-newer');
    const atEnd = this.#keeper.isAtEnd(scroller) && !this.detour;
    this.away = !atEnd && -scroller.scrollTop > scroller.clientHeight;
    if (atEnd) this.#bottomSeq = chat.lastSeq;
    this.below = atEnd
      ? 0
      : this.messages.filter((message) => !message.mine && (message.seq ?? 0) > this.#bottomSeq).length;
    const seq = this.#lastSeen();
    if (seq > 0) emit(this, 'seen', { seq });
  }

  #lastSeen(): number {
    const end = this.scroller.getBoundingClientRect().bottom;
    const row = this.#rows().findLast(
      (each) => each.dataset['seq'] !== undefined && each.getBoundingClientRect().top < end - 16,
    );
    return Number(row?.dataset['seq'] ?? 0);
  }

  readonly #toEnd = (): void => {
    if (this.detour) emit(this, 'need-newest');
    this.#keeper.forget();
    this.scroller.scrollTop = 0;
    this.#look();
  };

  readonly #key = (event: KeyboardEvent): void => {
    const rows = this.#rows();
    const at = rows.findIndex((row) => row === (this.renderRoot as ShadowRoot).activeElement);
    if (event.key === 'Escape') {
      this.#toEnd();
      emit(this, 'focus-composer');
    } else if (event.key === 'Enter' && at >= 0) {
      const id = rows[at]?.dataset['id'] ?? null;
      this.detailed = this.detailed === id ? null : id;
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const to = at < 0 ? rows.length - 1 : at + (event.key === 'ArrowUp' ? -1 : 1);
      if (to >= rows.length) emit(this, 'focus-composer');
      rows[Math.max(0, to)]?.focus();
    } else return;
    event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'message-list': MessageList;
  }
}
