import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { panelStrings } from '../strings/panel-strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';

const MARGIN = 8;

/** What can be done with a link, where the window's own menu is not shown: it removes itself when it is closed. */
@customElement('link-menu')
export class LinkMenu extends LitElement {
  static override readonly styles = [
    base,
    controls,
    css`
      dialog {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: var(--s1);
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--raised);
        color: var(--text);
        box-shadow: var(--shadow-high);
      }
      dialog::backdrop {
        background: none;
      }
      button {
        display: block;
        inline-size: 100%;
        min-block-size: var(--target);
        padding: var(--s1) var(--s3);
        border-radius: 0.375rem;
        text-align: start;
      }
      button:hover,
      button:focus-visible {
        background: var(--hover);
      }
    `,
  ];

  @property({ attribute: false }) open: () => void = () => undefined;
  @property({ attribute: false }) copy: () => void = () => undefined;
  @property({ attribute: false }) place: { readonly x: number; readonly y: number } = { x: 0, y: 0 };
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  override render(): TemplateResult {
    const { window: words } = panelStrings();
    const item = (text: string, act: () => void): TemplateResult =>
      html`<button
        role="menuitem"
        type="button"
        @click=${() => {
          this.dialog.close();
          act();
        }}
      >
        ${text}
      </button>`;
    return html`<dialog
      @close=${() => {
        this.remove();
      }}
      @pointerdown=${(event: PointerEvent) => {
        if (event.target === this.dialog) this.dialog.close();
      }}
      @keydown=${this.#key}
    >
      <div role="menu" aria-label=${words.link}>
        ${item(words.openLink, this.open)} ${item(words.copyLink, this.copy)}
      </div>
    </dialog>`;
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    const { x, y } = this.place;
    const { width, height } = this.dialog.getBoundingClientRect();
    const { style } = this.dialog;
    style.left = `${String(Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN)))}px`;
    style.top = `${String(Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN)))}px`;
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const items = [...this.renderRoot.querySelectorAll('button')];
    const at = items.findIndex((item) => item === (this.renderRoot as ShadowRoot).activeElement);
    items.at((at + (event.key === 'ArrowDown' ? 1 : -1)) % items.length)?.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'link-menu': LinkMenu;
  }
}
