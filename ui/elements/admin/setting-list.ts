import { css, html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { Loaded } from './loaded.ts';

/** The variables of the server, as they are in force. */
@customElement('setting-list')
export class SettingList extends AdminSection {
  static override readonly styles = [
    ...AdminSection.styles,
    css`
      dl > div {
        display: grid;
        grid-template-columns: minmax(0, 20rem) minmax(0, 1fr);
        gap: var(--s1) var(--s4);
        padding-block: var(--s2);
        border-block-start: 1px solid var(--line);
      }
      dl > div:first-child {
        border: 0;
      }
      dt.code {
        color: var(--text);
      }
      .unset {
        color: var(--quiet);
      }
      @media (max-width: 720px) {
        dl > div {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  readonly #settings = new Loaded(this, () => this.load((api) => api.settings()));

  override render(): TemplateResult {
    const { settings } = adminStrings();
    return html`<p class="lead">${settings.lead}</p>
      <section class="card">
        ${this.#settings.render(
          (lines) =>
            html`<dl>
              ${lines.map(
                ({ name, value }) =>
                  html`<div>
                    <dt class="code">${name}</dt>
                    ${
                      value === ''
                        ? html`<dd class="unset">${settings.unset}</dd>`
                        : html`<dd class="code"><bdi>${value}</bdi></dd>`
                    }
                  </div>`,
              )}
            </dl>`,
        )}
      </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'setting-list': SettingList;
  }
}
