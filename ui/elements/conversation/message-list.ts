import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Loading } from '../../history/history.ts';
import type { HeldOriginals } from '../../history/originals.ts';
import type { Conversation, Message, Model } from '../../model/model.ts';
import { indexOfSeq } from '../../history/index-of-seq.ts';
import { LOADED_MOST } from '../../model/timeline.ts';
import { rowsOf, unreadLineAt } from '../../history/rows.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { messageListStyles } from '../../styles/message-list.ts';
import { AllRows } from '../shared/all-rows.ts';
import { emit } from '../shared/emit.ts';
import { firstEdge, loadingEdge, startEdge } from '../shared/list-edges.ts';
import { loadOnce } from '../shared/load-part.ts';
import type {} from './scroll-buttons.ts';
import { lastSeen, UnseenBelow } from './unseen-below.ts';
import { messageRow, type RowPlace } from './message-row.ts';
import { RenderedRows } from './rendered-rows.ts';
import { RowFocus } from './row-focus.ts';
import { dropMarkers } from './row-markers.ts';
import type { ScrollTarget } from './scroll-target.ts';
import { ScrollKeeper } from './scroll-keeper.ts';
import { hasSelection } from './selection.ts';
import { nameIn } from '../shared/words.ts';

const PAGE_AHEAD_PX = 900;
/** The most steps of the rendered rows between two frames. Otherwise two steps could trigger each other endlessly. */
const STEPS_A_FRAME = 6;

/** The messages of one conversation. Shows the given messages, requests more near its ends, and reports which were seen. */
@customElement('message-list')
export class MessageList extends LitElement {
  static override readonly styles = [base, controls, messageListStyles];

  @property({ attribute: false }) conversation: Conversation | null = null;
  /** Whether the user has blocked the peer. */
  @property({ type: Boolean }) blocked = false;
  @property({ attribute: false }) messages: readonly Message[] = [];
  @property({ attribute: false }) pendingReactions: Model['pendingReactions'] = new Map();
  @property({ attribute: false }) originals: HeldOriginals = new Map();
  @property({ attribute: false }) outgoing: RowPlace['outgoing'] = new Map();
  @property() me = '';
  @property({ type: Boolean }) loaded = false;
  @property({ type: Boolean }) older = false;
  /** Whether an older part of the conversation is shown, so that the conversation continues below it. */
  @property({ type: Boolean }) detour = false;
  @property({ attribute: false }) loading: Loading | null = null;
  /** The read position when the conversation was opened; null for no unread line. */
  @property({ attribute: false }) unreadAfter: number | null = null;
  @property({ type: Number }) unreadAbove = 0;
  /** A message to scroll to. A new object scrolls there again. */
  @property({ attribute: false }) target: ScrollTarget | null = null;
  @property({ type: Number }) now = 0;
  @state() private detailed: string | null = null;
  @state() private below = 0;
  @state() private away = false;
  @query('.scroller') private readonly scroller!: HTMLElement;
  readonly #keeper = new ScrollKeeper();
  readonly #rendered = new RenderedRows();
  #opened = '';
  /** The target that was already scrolled to. */
  #reached: unknown = null;
  /** The `seq` of the message that is highlighted as a hit. */
  #hit: number | null = null;
  readonly #unseen = new UnseenBelow();
  /** The number of updates whose bubbles have not rendered yet. While there are any, the scroll anchor from before
   *  the first of them is valid. */
  #unsettled = 0;
  #frame = 0;
  /** Whether the list is scrolled to its end and follows new messages. */
  #follows = true;
  /** Whether the list is returning to its end. */
  #returning = false;
  #steps = 0;
  readonly #focus = new RowFocus();
  readonly #allRows = new AllRows(this);
  /** The menu of a message and the copying of several ones, which are needed only once messages are on screen. */
  readonly #gestures = loadOnce(async () => {
    const { MessageGestures } = await import('./message-gestures.ts');
    new MessageGestures(this);
  });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  override focus(options?: FocusOptions): void {
    this.scroller.focus(options);
  }

  /** Focuses the message that was searched for, or the newest one. For the keyboard. */
  focusLast(): void {
    const hit = this.messages.findIndex(({ seq }) => seq !== null && seq === this.#hit);
    this.#focusRow(hit < 0 ? this.messages.length - 1 : hit);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('conversation') && changed.get('conversation')?.id !== this.conversation?.id) {
      this.#keeper.forget();
      this.#rendered.forget();
      this.#follows = true;
      this.#focus.forget();
      this.detailed = null;
      this.below = 0;
      this.#unseen.forget(this.conversation?.lastSeq ?? 0);
      this.#hit = null;
    } else if (this.hasUpdated && this.#unsettled === 0) {
      this.#keeper.remember(this.scroller, this.#rows());
      const wasDetour = changed.has('detour') ? changed.get('detour') : this.detour;
      this.#follows = wasDetour !== true && this.#rendered.hasEnd && this.#keeper.isAtEnd(this.scroller);
    }
    this.#focus.note(this.#active);
    if (changed.has('target')) this.#hit = this.target?.quiet === true ? null : (this.target?.seq ?? null);
    this.#place();
  }

  /** Decides which messages have rows. */
  #place(): void {
    const { messages, target } = this;
    const scroller = this.renderRoot.querySelector('.scroller');
    const isOpening = this.#opened !== this.conversation?.id;
    const line = isOpening ? unreadLineAt(messages, this.unreadAfter) : -1;
    this.#rendered.update(messages, {
      viewportPx: scroller?.clientHeight ?? innerHeight,
      atEnd: this.#follows,
      anchor: this.#keeper.anchor,
      all: this.#allRows.wanted,
      pinned: scroller !== null && hasSelection(this.renderRoot, scroller),
      begin: this.detour ? Math.floor(messages.length / 2) : line,
      target: target === null || target === this.#reached ? -1 : this.#indexOf(target.seq),
    });
    if (!this.#returning || this.detour) return;
    this.#returning = false;
    this.#follows = true;
    if (!this.#rendered.hasEnd) this.#rendered.showEnd();
  }

  #indexOf(seq: number): number {
    const at = indexOfSeq(this.messages, seq);
    return this.messages[at]?.seq === seq ? at : -1;
  }

  override render(): TemplateResult {
    const { conversation } = this;
    if (conversation === null) return html``;
    const name = nameIn(conversation.peer);
    const { messages, pendingReactions, originals, outgoing, me, detailed, now } = this;
    const shown = { messages, pendingReactions, originals, outgoing, me, detailed, now };
    const place = { ...shown, conversation, blocked: this.blocked, name, hit: this.#hit };
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
              rowsOf(messages, this.unreadAfter, this.#rendered.window),
              (row) => row.message.id,
              (row) => messageRow(row, place),
            )}
          </ol>
          ${
            this.loading?.direction === 'newer' && this.#rendered.hasEnd
              ? loadingEdge(this, this.loading)
              : nothing
          }
        </div>
      </div>
      ${this.#floating()}`;
  }

  #beginning(name: string): TemplateResult {
    if (!this.#rendered.hasStart) return firstEdge(null);
    const { loading, loaded, older, messages } = this;
    const removedUntil = this.conversation?.removedUntil ?? null;
    if (loading !== null && loading.direction !== 'newer' && !this.#isJumping)
      return loadingEdge(this, loading);
    return startEdge({ loaded, older, removedUntil, isEmpty: messages.length === 0 }, name);
  }

  /** Whether the list is moving to another position and shows the current one until then. */
  get #isJumping(): boolean {
    return this.loading?.direction === 'around' && this.messages.length > 0;
  }

  #floating(): TemplateResult | typeof nothing {
    const away = this.below > 0 || this.detour || this.away;
    const jump = this.#isJumping ? this.loading : null;
    if (!away && jump === null && this.unreadAbove === 0) return nothing;
    return html`<scroll-buttons
      .jump=${jump}
      .unreadAbove=${this.unreadAbove}
      .away=${away}
      .below=${this.below}
      .toEnd=${this.toEnd}
    ></scroll-buttons>`;
  }

  override updated(): void {
    this.#gestures();
    const list = this.renderRoot.querySelector('ol');
    if (list !== null) dropMarkers(list, list.childElementCount);
    this.#unsettled += 1;
    void this.#settle();
  }

  /** Positions are measured only after the bubbles have rendered, which is a microtask after the list. That is still
   *  before the paint. */
  async #settle(): Promise<void> {
    const bubbles = [...this.renderRoot.querySelectorAll('message-bubble')];
    const pending = bubbles.filter((bubble) => bubble.isUpdatePending);
    await Promise.allSettled(pending.map((bubble) => bubble.updateComplete));
    this.#unsettled -= 1;
    if (this.#unsettled > 0 || !this.isConnected || this.conversation === null) return;
    const rows = this.#rows();
    if (this.#opened !== this.conversation.id && this.loaded) {
      this.#opened = this.conversation.id;
      this.scroller.scrollTop = 0;
      const line = this.renderRoot.querySelector('.unread');
      if (line !== null) this.#keeper.goTo(line, 'start');
    } else {
      this.#keeper.restore(this.scroller, rows, this.#follows && !this.detour);
    }
    if (this.target !== null && this.target !== this.#reached) {
      const row = rows.find((each) => each.dataset['seq'] === String(this.target?.seq));
      if (row !== undefined) {
        this.#reached = this.target;
        const quiet = this.target.quiet === true;
        if (this.target.focus === true) row.focus({ preventScroll: true });
        this.#keeper.goTo(row, quiet || row.offsetHeight > this.scroller.clientHeight ? 'start' : 'center');
      }
    }
    this.#focus.settle(rows, this.scroller);
    this.#measure();
  }

  #rows(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.row')];
  }

  readonly #scrolled = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#steps = 0;
      this.#measure();
    });
  };

  /** Measures what is on screen, and requests more rows or messages near the ends. */
  #measure(): void {
    const { scroller, conversation } = this;
    // An element without a height shows nothing.
    if (conversation === null || !this.loaded || scroller.clientHeight === 0) return;
    const idle = this.loading === null;
    const { hasStart, hasEnd } = this.#rendered;
    const above = scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop;
    if (above < PAGE_AHEAD_PX) {
      if (!hasStart) this.#step('up');
      else if (idle && this.older) emit(this, 'need-older');
    }
    if (-scroller.scrollTop < PAGE_AHEAD_PX) {
      if (!hasEnd) this.#step('down');
      else if (idle && this.detour) emit(this, 'need-newer');
    }
    const atEnd = hasEnd && !this.detour && this.#keeper.isAtEnd(scroller);
    this.away = !atEnd && (!hasEnd || -scroller.scrollTop > scroller.clientHeight);
    if (atEnd && this.messages.length > LOADED_MOST) emit(this, 'let-go');
    const seq = lastSeen(scroller, this.#rows());
    this.#unseen.saw(atEnd ? conversation.lastSeq : seq);
    this.below = atEnd ? 0 : this.#unseen.countIn(this.messages);
    if (seq > 0) emit(this, 'seen', { seq });
  }

  #step(direction: 'up' | 'down'): void {
    this.#steps += 1;
    if (this.#steps === STEPS_A_FRAME) this.#scrolled();
    if (this.#steps >= STEPS_A_FRAME) return;
    this.#rendered.step(direction);
    this.requestUpdate();
  }

  /** Returns to the newest message. */
  readonly toEnd = (): void => {
    if (this.detour) emit(this, 'need-newest');
    this.#returning = true;
    this.#keeper.forget();
    this.scroller.scrollTop = 0;
    this.requestUpdate();
  };

  /** Gives every loaded message a row, which stays while some text is selected. */
  renderAll(): Promise<void> {
    return this.#allRows.once();
  }

  get #active(): Element | null {
    return (this.renderRoot as ShadowRoot | undefined)?.activeElement ?? null;
  }

  /** Focuses a message. If it has no row yet, it gets one first. */
  #focusRow(index: number): void {
    const id = this.messages[index]?.id;
    if (id === undefined) return;
    const row = this.#rows().find((each) => each.dataset['id'] === id);
    if (row !== undefined) {
      row.focus();
      return;
    }
    this.#rendered.show(index);
    this.#focus.wait(id);
    this.requestUpdate();
  }

  readonly #key = (event: KeyboardEvent): void => {
    const active = this.#active;
    this.#focus.note(active);
    const at = this.#focus.indexIn(this.messages);
    if (event.key === 'Escape') {
      this.toEnd();
      emit(this, 'focus-composer');
    } else if (event.key === 'Enter' && active?.matches('.row') === true) {
      const id = this.messages[at]?.id ?? null;
      this.detailed = this.detailed === id ? null : id;
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const last = this.messages.length - 1;
      const to = at < 0 ? last : at + (event.key === 'ArrowUp' ? -1 : 1);
      if (to > last) emit(this, 'focus-composer');
      else this.#focusRow(Math.max(0, to));
    } else return;
    event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'message-list': MessageList;
  }
}
