import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';

export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** A short notice above everything else, with at most one action. */
@customElement('toast-bar')
export class ToastBar extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      :host {
        position: absolute;
        inset-block-end: 5.5rem;
        inset-inline: 0;
        z-index: 5;
        display: grid;
        justify-items: center;
        pointer-events: none;
        padding-inline: var(--s3);
      }
      .toast {
        pointer-events: auto;
        display: flex;
        align-items: center;
        gap: var(--s3);
        max-inline-size: 32rem;
        padding: var(--s2) var(--s4);
        border-radius: var(--round);
        background: var(--toast);
        outline: 1px solid transparent;
        color: var(--on-toast);
        box-shadow: var(--shadow-high);
        overflow-wrap: anywhere;
      }
      .link {
        color: var(--toast-link);
        flex: none;
      }
      .link:focus-visible {
        outline-color: currentColor;
      }
    `,
  ];

  @property({ attribute: false }) toast: Toast | null = null;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector('button')?.focus(options);
  }

  override render(): TemplateResult {
    const { toast } = this;
    return html`<div role="status">
      ${
        toast === null
          ? nothing
          : html`<div class="toast">
              <span>${toast.text}</span>
              ${
                toast.action === undefined
                  ? nothing
                  : html`<button class="link" type="button" @click=${toast.action.run}>
                      ${toast.action.label}
                    </button>`
              }
            </div>`
      }
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'toast-bar': ToastBar;
  }
}
