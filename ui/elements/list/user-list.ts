import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ProblemCode } from '../../net/problem.ts';
import { isMuted } from '../../model/conversation-settings.ts';
import { stateOf } from '../../model/edit.ts';
import type { Conversation, Message } from '../../model/model.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import { dropMarkers } from '../conversation/row-markers.ts';
import { loadOnce } from '../shared/load-part.ts';
import type {} from './archived-row.ts';
import type { UserItem } from './user-item.ts';
import './user-item.ts';
import { problemWords } from '../shared/words.ts';

/** Rows are added in steps of this many. */
const STEP = 50;
/** Rows are rendered this many screens ahead. */
const AHEAD = 2;

/** The list of conversations, most recently used first. Arrow keys move between them. Conversations far below the
 *  visible part have no rows, because the browser checks all rows when one of them changes. */
@customElement('user-list')
export class UserList extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        flex: 1;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: var(--s1) var(--s2) var(--s4);
      }
      li {
        content-visibility: auto;
        contain-intrinsic-size: auto 3.875rem;
        margin-block-end: 1px;
      }
      h2 {
        padding: var(--s2) var(--s3) var(--s1);
        color: var(--quiet);
        font-size: var(--tiny);
        font-weight: 650;
      }
      archived-row {
        display: block;
        min-block-size: var(--target);
      }
      .none {
        display: grid;
        justify-items: center;
        gap: var(--s3);
        padding: var(--s6) var(--s5);
        text-align: center;
        color: var(--quiet);
      }
      .none h2 {
        font-size: var(--body);
        color: var(--text);
      }
      .ghost {
        block-size: 3.875rem;
        display: flex;
        gap: var(--s3);
        align-items: center;
        padding: var(--s2) var(--s3);
        opacity: 0;
        animation: appear 1ms 300ms forwards;
      }
      .ghost::before,
      .ghost::after {
        content: '';
        background: var(--line);
        border-radius: 50%;
        inline-size: 2.5rem;
        block-size: 2.5rem;
        flex: none;
        outline: 1px solid transparent;
      }
      .ghost::after {
        flex: 1;
        block-size: 1.5rem;
        border-radius: var(--round);
      }
    `,
  ];

  /** Pinned ones first. */
  @property({ attribute: false }) conversations: readonly Conversation[] = [];
  /** Whether pinned ones stand among the others. */
  @property({ type: Boolean }) flat = false;
  /** Those behind a button of their own. */
  @property({ attribute: false }) archived: readonly Conversation[] = [];
  @property({ attribute: false }) pending: readonly Message[] = [];
  @property({ attribute: false }) drafts: ReadonlyMap<string, string> = new Map();
  @property({ attribute: false }) typing: ReadonlyMap<string, number> = new Map();
  @property() current = '';
  @property({ type: Boolean }) listed = false;
  @property({ attribute: false }) problem: ProblemCode | null = null;
  @property({ type: Boolean }) live = true;
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) retry: () => void = () => undefined;
  /** The number of conversations that have a row. */
  @state() private rows = STEP;
  /** The menus of the rows, which the first screen does not need. */
  readonly #gestures = loadOnce(async () => {
    const { RowGestures } = await import('./row-gestures.ts');
    new RowGestures(this);
  });
  /** The conversation whose row had the focus before the update. A row that moves to another place loses it. */
  #focusedId: string | undefined;

  constructor() {
    super();
    this.addEventListener('scroll', this.#scrolled, { passive: true });
  }

  /** Items show the day, not the minute, so they have to change only at midnight. */
  private get today(): number {
    return new Date(this.now).setHours(0, 0, 0, 0);
  }

  /** Focuses the open conversation or the first one. Focuses nothing if there is none, because typing would then
   *  press a button. */
  override focus(options?: FocusOptions): void {
    const items = [...this.renderRoot.querySelectorAll('user-item')];
    const item = items.find((each) => each.current) ?? items[0];
    item?.focus(options);
  }

  override render(): TemplateResult {
    const { list } = strings();
    return html`<nav aria-label=${list.label} @keydown=${this.#move}>
      ${this.problem !== null && !this.listed ? this.#failed(this.problem) : nothing}
      ${this.archived.length > 0 ? html`<archived-row .conversations=${this.archived}></archived-row>` : nothing}
      ${this.#body()}
    </nav>`;
  }

  #body(): unknown {
    if (this.conversations.length > 0) return this.#items();
    if (!this.listed) return this.problem === null ? this.#ghosts() : nothing;
    return this.archived.length > 0 ? nothing : this.#empty();
  }

  #items(): TemplateResult {
    const waiting = new Map(this.pending.map((message) => [message.conversationId, message]));
    const { today } = this;
    const current = this.conversations.findIndex(({ id }) => id === this.current);
    const shown = this.conversations.slice(0, Math.max(this.rows, current + 1, this.#focused() + 1));
    const total = shown.length < this.conversations.length ? this.conversations.length : null;
    const rows = (from: number, to?: number): TemplateResult =>
      html`<ul>
        ${repeat(
          shown.slice(from, to),
          (conversation) => conversation.id,
          (conversation, at) =>
            this.#item(
              conversation,
              waiting.get(conversation.id) ?? conversation.lastMessage,
              today,
              total === null ? null : { at: from + at, total },
            ),
        )}
      </ul>`;
    const pinned = this.flat ? 0 : shown.findIndex((conversation) => !conversation.pinned);
    const { list } = strings();
    if (pinned === 0) return rows(0);
    if (pinned < 0)
      return html`<h2>${list.pinned}</h2>
        ${rows(0)}`;
    return html`<h2>${list.pinned}</h2>
      ${rows(0, pinned)}
      <h2>${list.others}</h2>
      ${rows(pinned)}`;
  }

  /** Renders a row again only if its own data changed, because there may be a thousand others. */
  /** `place`: the position in the whole list, if not all conversations have rows. Screen readers learn from it that
   *  the list goes on. */
  #item(
    conversation: Conversation,
    last: Message | null,
    today: number,
    place: { readonly at: number; readonly total: number } | null,
  ): unknown {
    const draft = this.drafts.get(conversation.id) ?? '';
    const typing = this.typing.has(conversation.id);
    const isCurrent = conversation.id === this.current;
    const { live } = this;
    const muted = isMuted(conversation, this.now);
    return guard(
      [conversation, last, draft, typing, isCurrent, muted, live, today, place?.at, place?.total, language()],
      () =>
        html`<li
          aria-setsize=${place === null ? nothing : place.total}
          aria-posinset=${place === null ? nothing : place.at + 1}
        >
          <user-item
            .conversationId=${conversation.id}
            .peer=${conversation.peer}
            .last=${last}
            .lastState=${last === null ? 'sent' : stateOf(last, conversation)}
            .unread=${conversation.unread}
            .pinned=${conversation.pinned}
            .muted=${muted}
            .draft=${draft}
            .typing=${typing}
            .current=${isCurrent}
            .live=${live}
            .now=${today}
          ></user-item>
        </li>`,
    );
  }

  #empty(): TemplateResult {
    const { list } = strings();
    return html`<div class="none">
      <h2>${list.empty}</h2>
      <p>${list.emptyHint}</p>
      <button
        class="button main"
        type="button"
        @click=${() => {
          emit(this, 'open-panel', { panel: 'people' });
        }}
      >
        ${list.start}
      </button>
    </div>`;
  }

  #failed(problem: ProblemCode): TemplateResult {
    const { list, retry } = strings();
    return html`<div class="none" role="alert">
      <p>${list.failed} ${problemWords(problem)}</p>
      <button class="button" type="button" @click=${this.retry}>${retry}</button>
    </div>`;
  }

  #ghosts(): TemplateResult {
    return html`<div role="status"><span class="visually-hidden">${strings().loading}</span></div>
      ${[1, 2, 3, 4].map(() => html`<div class="ghost" aria-hidden="true"></div>`)}`;
  }

  override willUpdate(): void {
    this.#focusedId = this.hasUpdated ? this.#focusedItem()?.conversationId : undefined;
  }

  override updated(changed: PropertyValues<this>): void {
    for (const list of this.renderRoot.querySelectorAll('ul')) dropMarkers(list, list.childElementCount);
    if (this.renderRoot.querySelector('user-item') !== null) this.#gestures();
    if (this.#focusedId !== undefined && this.#focusedItem() === undefined)
      this.#all()
        .find(({ conversationId }) => conversationId === this.#focusedId)
        ?.focus();
    // A list that does not fill a tall window causes no scroll event. Measured once, not with each message.
    if (changed.has('listed')) this.#scrolled();
  }

  /** The index of the conversation whose row has the focus, or -1. */
  #focused(): number {
    const id = this.#focusedItem()?.conversationId;
    return id === undefined ? -1 : this.conversations.findIndex((conversation) => conversation.id === id);
  }

  #focusedItem(): UserItem | undefined {
    const active = (this.renderRoot as ShadowRoot).activeElement;
    return active === null ? undefined : this.#all().find((item) => item === active);
  }

  readonly #scrolled = (): void => {
    const height = this.renderRoot.querySelector('li')?.offsetHeight ?? 0;
    if (height === 0) return;
    const ahead = (this.scrollTop + (1 + AHEAD) * this.clientHeight) / height;
    this.rows = Math.max(1, Math.ceil(ahead / STEP)) * STEP;
  };

  readonly #move = (event: KeyboardEvent): void => {
    const items = this.#all();
    const at = items.findIndex((item) => item === (this.renderRoot as ShadowRoot).activeElement);
    const last = this.conversations.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    void this.#focusAt(Math.max(0, Math.min(last, to)));
  };

  async #focusAt(index: number): Promise<void> {
    this.rows = Math.max(this.rows, index + 1);
    await this.updateComplete;
    this.#all()[index]?.focus();
  }

  #all(): readonly UserItem[] {
    return [...this.renderRoot.querySelectorAll('user-item')];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'user-list': UserList;
  }
}
