import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionResource } from '../../../server/protocol/resources/session.ts';
import type { SessionList } from '../../account/sessions.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { deviceName } from '../shared/device-name.ts';
import { momentWords, problemWords } from '../shared/words.ts';

/** The list of somebody who never logs out anywhere would be most of the settings. */
const SHOWN_FIRST = 5;

@customElement('session-list')
export class SessionListElement extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      li {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2) var(--s3);
        align-items: center;
        padding-block: var(--s3);
        border-block-start: 1px solid var(--line);
      }
      li:first-child {
        border: 0;
        padding-block-start: 0;
      }
      .grow {
        flex: 1 1 12rem;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      b {
        font-weight: 600;
      }
      .here {
        color: var(--accent);
        font-size: var(--small);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) list: SessionList | null = null;
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) end: (id: string) => void = () => undefined;
  @property({ attribute: false }) retry: () => void = () => undefined;
  @state() private showsAll = false;

  override render(): TemplateResult {
    const { retry, loading } = strings();
    const { settings } = settingsStrings();
    const problem = this.list?.problem ?? null;
    const sessions = this.list?.sessions ?? null;
    const ending = this.list?.ending ?? new Set<string>();
    return html`${
      problem !== null
        ? html`<div role="alert">
            <p class="fault">${settings.sessionsFailed} ${problemWords(problem)}</p>
            <button class="button" type="button" @click=${this.retry}>${retry}</button>
          </div>`
        : nothing
    }
    ${
      sessions === null
        ? problem === null
          ? html`<div role="status">
              <span class="spin"></span><span class="visually-hidden">${loading}</span>
            </div>`
          : nothing
        : this.#sessions(sessions, ending)
    }`;
  }

  #sessions(sessions: readonly SessionResource[], ending: ReadonlySet<string>): TemplateResult {
    // One more is shown at once: a button in its place would be as long.
    const isWhole = this.showsAll || sessions.length <= SHOWN_FIRST + 1;
    const shown = isWhole ? sessions : sessions.slice(0, SHOWN_FIRST);
    return html`<ul>
        ${shown.map((session) => this.#session(session, ending.has(session.id)))}
      </ul>
      ${
        isWhole
          ? nothing
          : html`<button class="button" type="button" @click=${this.#showAll}>
              ${settingsStrings().settings.allSessions(sessions.length)}
            </button>`
      }`;
  }

  readonly #showAll = async (): Promise<void> => {
    this.showsAll = true;
    await this.updateComplete;
    // The button is gone: the keyboard goes on where the list does.
    this.renderRoot.querySelector<HTMLElement>(`li:nth-child(${String(SHOWN_FIRST + 1)}) button`)?.focus();
  };

  #session(session: SessionResource, ending: boolean): TemplateResult {
    const { settings } = settingsStrings();
    const name = deviceName(session.user_agent, settings.unknownDevice);
    const when = session.connected
      ? settings.connected
      : settings.lastActive(momentWords(session.last_activity, this.now));
    return html`<li>
      <div class="grow">
        <b>${name}</b>
        <p class="hint"><bdi>${session.ip_address}</bdi> · ${when}</p>
      </div>
      ${
        session.current
          ? html`<span class="here">${settings.thisSession}</span>`
          : html`<button
              class="button"
              type="button"
              aria-label=${settings.revokeAria(name)}
              aria-disabled=${ending ? 'true' : 'false'}
              @click=${() => {
                if (!ending) this.end(session.id);
              }}
            >
              ${ending ? html`<span class="spin"></span>` : nothing}${settings.revoke}
            </button>`
      }
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'session-list': SessionListElement;
  }
}
