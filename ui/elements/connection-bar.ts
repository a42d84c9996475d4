import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { browserClock, type Timer } from '../net/clock.ts';
import type { Connection } from '../state/sync-deps.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';

const LASTING_MS = 1_200;

/** The state of the connection in a line: nothing while all is well, and nothing for what passes in a moment. */
@customElement('connection-bar')
export class ConnectionBar extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        flex: none;
      }
      .line {
        display: flex;
        align-items: center;
        gap: var(--s2);
        min-block-size: 2.25rem;
        margin-inline: var(--s3);
        margin-block: var(--around, 0 var(--s2));
        padding: 0 var(--s3);
        border-radius: var(--round);
        background: var(--hover);
        outline: 1px solid transparent;
        color: var(--quiet);
        font-size: var(--small);
      }
      .line.off {
        background: var(--warn-back);
        color: var(--warn-text);
      }
      .line span.grow {
        flex: 1;
        padding-block: var(--s1);
        font-variant-numeric: tabular-nums;
      }
      .off .link {
        color: inherit;
        text-decoration: underline;
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) connection: Connection = { phase: 'connecting', trouble: null };
  /** When the connection was live last, in milliseconds since the epoch. */
  @property({ type: Number }) since = 0;
  /** The server serves a newer build of this client. */
  @property({ type: Boolean }) hasNewBuild = false;
  @property({ attribute: false }) reconnect: () => void = () => undefined;
  /** Whether what is written here is still there when the window is closed. */
  @property({ type: Boolean }) kept = true;
  @property({ attribute: false }) reload: () => void = () => undefined;
  @state() private now = 0;
  #tick: Timer | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#again();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tick?.cancel();
  }

  override render(): TemplateResult {
    return html`<div role="status">${this.#line()}</div>`;
  }

  #line(): TemplateResult | typeof nothing {
    const { connection: words, updated, reload } = strings();
    const state = this.connection;
    if (state.phase === 'yielded') return this.#offer(words.yielded, words.resume);
    if (state.phase === 'outdated') return this.#offer(words.outdated, reload, this.reload);
    if (state.phase === 'live')
      return this.hasNewBuild ? this.#offer(updated, reload, this.reload, '') : nothing;
    // What passes in a moment is not worth saying.
    if (this.now - this.since <= LASTING_MS) return nothing;
    if (state.phase !== 'catchingUp' && state.trouble === 'blocked')
      return this.#offer(words.blocked, state.phase === 'waiting' ? words.now : null);
    if (state.phase === 'waiting') return this.#waiting(state);
    const text = state.phase === 'catchingUp' ? words.catchingUp : words.connecting;
    return html`<div class="line"><span class="spin"></span><span class="grow">${text}</span></div>`;
  }

  #waiting({ until, trouble }: Connection & { phase: 'waiting' }): TemplateResult {
    const { connection: words } = strings();
    if (!navigator.onLine) return this.#offer(this.kept ? words.offline : words.offlineUnkept, null);
    const why = trouble === 'unavailable' ? words.unavailable : words.none;
    const seconds = Math.ceil((until - this.now) / 1000);
    const when = seconds > 1 ? words.next(seconds) : words.trying;
    // Said once, not every second.
    const spoken = html`<span class="visually-hidden">${why} ${words.trying}</span>`;
    return this.#offer(html`${spoken}<span aria-hidden="true">${why} ${when}</span>`, words.now);
  }

  #offer(
    text: string | TemplateResult,
    action: string | null,
    run = this.reconnect,
    kind = 'off',
  ): TemplateResult {
    return html`<div class="line ${kind}">
      <span class="grow">${text}</span>
      ${action === null ? nothing : html`<button class="link" type="button" @click=${run}>${action}</button>`}
    </div>`;
  }

  #again(): void {
    // While all is well nothing here depends on the time.
    if (this.connection.phase !== 'live') this.now = browserClock.now();
    this.#tick = browserClock.after(500, () => {
      this.#again();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'connection-bar': ConnectionBar;
  }
}
