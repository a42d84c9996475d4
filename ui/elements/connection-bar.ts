import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { browserClock, type Timer } from '../net/clock.ts';
import type { Connection } from '../state/sync-parts.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';

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

  @property({ attribute: false }) connection: Connection = { phase: 'connecting' };
  @property({ attribute: false }) reconnect: () => void = () => undefined;
  @state() private now = 0;
  /** Worth saying: it has lasted. */
  @state() private lasting = false;
  #tick: Timer | null = null;
  #since = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.now = browserClock.now();
    this.#since = this.now;
    // It stands elsewhere now, and what it says has not begun anew.
    this.lasting = this.connection.phase === 'waiting';
    this.#again();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tick?.cancel();
  }

  override render(): TemplateResult {
    const { connection } = strings();
    const state = this.connection;
    const well = state.phase === 'live' || (!this.lasting && state.phase !== 'yielded');
    return html`<div role="status">${well ? nothing : this.#line(state, connection)}</div>`;
  }

  #line(state: Connection, words: ReturnType<typeof strings>['connection']): TemplateResult {
    if (state.phase === 'yielded') return this.#offer(words.yielded, words.resume);
    if (state.phase === 'waiting') {
      if (!navigator.onLine) return this.#offer(words.offline, null);
      const seconds = Math.ceil((state.until - this.now) / 1000);
      const text = seconds > 1 ? words.waiting(seconds) : words.waitingNow;
      // Said once, not every second.
      const spoken = html`<span class="aloud">${words.waitingNow}</span>`;
      return this.#offer(html`${spoken}<span aria-hidden="true">${text}</span>`, words.now);
    }
    const text = state.phase === 'catchingUp' ? words.catchingUp : words.connecting;
    return html`<div class="line"><span class="spin"></span><span class="grow">${text}</span></div>`;
  }

  #offer(text: string | TemplateResult, action: string | null): TemplateResult {
    return html`<div class="line off">
      <span class="grow">${text}</span>
      ${
        action === null
          ? nothing
          : html`<button class="link" type="button" @click=${this.reconnect}>${action}</button>`
      }
    </div>`;
  }

  override willUpdate(): void {
    if (this.connection.phase === 'live') this.#since = browserClock.now();
  }

  #again(): void {
    this.#tick = browserClock.after(500, () => {
      if (this.connection.phase !== 'live') {
        this.now = browserClock.now();
        this.lasting = this.now - this.#since > 1_200;
      } else this.lasting = false;
      this.#again();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'connection-bar': ConnectionBar;
  }
}
