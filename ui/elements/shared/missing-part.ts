import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import type { Missing } from './load-part.ts';

/** Shown instead of a part that could not be loaded: why, what to do about it, and a way back. */
@customElement('missing-part')
export class MissingPart extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        flex: 1;
        place-content: center;
        block-size: 100%;
        padding: var(--s5);
        text-align: center;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: var(--s3);
        margin-block-start: var(--s4);
      }
      .button {
        min-block-size: 2.75rem;
      }
    `,
  ];

  @property() reason: Missing = 'unreached';
  @property({ attribute: false }) retry: () => void = () => undefined;
  @property({ attribute: false }) reload: () => void = () => undefined;
  /** Null if there is nothing to go back to. */
  @property({ attribute: false }) back: (() => void) | null = null;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  override render(): TemplateResult {
    const { back, missing, reload, retry, updated } = strings();
    const isUpdated = this.reason === 'updated';
    return html`<p role="alert">${isUpdated ? updated : missing}</p>
      <div>
        ${isUpdated ? nothing : this.#button(retry, this.retry, 'main')}
        ${this.reason === 'unreached' ? nothing : this.#button(reload, this.reload, isUpdated ? 'main' : '')}
        ${this.back === null ? nothing : this.#button(back, this.back, '')}
      </div>`;
  }

  #button(label: string, run: () => void, kind: string): TemplateResult {
    return html`<button class="button ${kind}" type="button" @click=${run}>${label}</button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'missing-part': MissingPart;
  }
}
