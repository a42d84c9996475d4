import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { browserClock, type Timer } from '../../net/clock.ts';
import type { SyncStatus } from '../../sync/sync-deps.ts';
import { connectionStrings } from '../../strings/connection-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';

const LASTING_MS = 1_200;

/** Shows the state of the connection in one line. Shows nothing while the connection is live or was interrupted only
 *  briefly. */
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

  @property({ attribute: false }) connection: SyncStatus = { phase: 'connecting', trouble: null };
  /** When the connection was last live, in milliseconds since the epoch. */
  @property({ type: Number }) since = 0;
  /** The server serves a newer build of this client. */
  @property({ type: Boolean }) hasNewBuild = false;
  @property({ attribute: false }) reconnect: () => void = () => undefined;
  /** Whether this device stores what is written, so that it survives closing the window. */
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
    const { updated, reload } = strings();
    const { connection: words } = connectionStrings();
    const state = this.connection;
    if (state.phase === 'yielded') return this.#offer(words.yielded, words.resume);
    if (state.phase === 'outdated') return this.#offer(words.outdated, reload, this.reload);
    if (state.phase === 'live')
      return this.hasNewBuild ? this.#offer(updated, reload, this.reload, '') : nothing;
    // Short interruptions are not shown.
    if (this.now - this.since <= LASTING_MS) return nothing;
    if (state.phase !== 'catchingUp' && state.trouble === 'blocked')
      return this.#offer(words.blocked, state.phase === 'waiting' ? words.now : null);
    if (state.phase === 'waiting') return this.#waiting(state);
    const text = state.phase === 'catchingUp' ? words.catchingUp : words.connecting;
    return html`<div class="line"><span class="spin"></span><span class="grow">${text}</span></div>`;
  }

  #waiting({ until, trouble }: SyncStatus & { phase: 'waiting' }): TemplateResult {
    const { connection: words } = connectionStrings();
    if (!navigator.onLine) return this.#offer(this.kept ? words.offline : words.offlineUnkept, null);
    const why = trouble === 'unavailable' ? words.unavailable : words.none;
    const seconds = Math.ceil((until - this.now) / 1000);
    const when = seconds > 1 ? words.next(seconds) : words.trying;
    // The countdown is hidden from screen readers, which would otherwise read it every second.
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
    // While the connection is live, nothing here depends on the time.
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
