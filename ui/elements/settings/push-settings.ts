import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { PushChoice } from '../../account/push-switch.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { settingsStyles } from '../../styles/settings.ts';

/** Whether this browser is told of messages while no window is open. Shows nothing if the server sends no pushes, or this browser takes
 *  none. */
@customElement('push-settings')
export class PushSettings extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    settingsStyles,
    css`
      :host {
        display: grid;
        gap: var(--s3);
        block-size: auto;
        overflow: visible;
      }
    `,
  ];

  @property({ attribute: false }) choice: PushChoice | null = null;
  @property({ attribute: false }) turn: (on: boolean) => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) setShowText: (show: boolean) => Promise<void> = () => Promise.resolve();
  /** What was clicked, until it is known what became of it. */
  @state() private wanted: { readonly on?: boolean; readonly text?: boolean } | null = null;

  override render(): TemplateResult | typeof nothing {
    const { choice, wanted } = this;
    if (choice === null) return nothing;
    const { push } = settingsStrings();
    if (choice.support === 'install-first') return html`<p class="hint">${push.installFirst}</p>`;
    return html`${this.#box(push.on, wanted?.on ?? choice.isOn, (on) => this.#do({ on }, () => this.turn(on)))}
      ${
        choice.isOn
          ? this.#box(push.text, wanted?.text ?? choice.showText, (text) =>
              this.#do({ text }, () => this.setShowText(text)),
            )
          : nothing
      }
      <p class="hint">${push.hint}</p>
      ${choice.problem === null ? nothing : html`<p class="notice" role="alert">${push[choice.problem]}</p>`}`;
  }

  #box(label: string, checked: boolean, change: (checked: boolean) => Promise<void>): TemplateResult {
    return html`<label class="check"
      ><input
        type="checkbox"
        .checked=${live(checked)}
        @change=${(event: Event) => {
          void change((event.target as HTMLInputElement).checked);
        }}
      /><span>${label}</span></label
    >`;
  }

  async #do(wanted: NonNullable<PushSettings['wanted']>, work: () => Promise<void>): Promise<void> {
    this.wanted = wanted;
    await work();
    if (this.wanted === wanted) this.wanted = null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'push-settings': PushSettings;
  }
}
