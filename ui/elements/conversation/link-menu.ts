import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { panelStrings } from '../../strings/panel-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { closeOnOutside, menuKey, placeMenu, popupMenuStyles } from './popup-menu.ts';

/** The menu of a link, for windows that don't show the browser's own menu. It removes itself when it is closed. */
@customElement('link-menu')
export class LinkMenu extends LitElement {
  static override readonly styles = [base, controls, popupMenuStyles];

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
        closeOnOutside(event, this.dialog);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (menuKey(event, this.dialog)) event.preventDefault();
      }}
    >
      <div role="menu" aria-label=${words.link}>
        ${item(words.openLink, this.open)} ${item(words.copyLink, this.copy)}
      </div>
    </dialog>`;
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    placeMenu(this.dialog, this.place.x, this.place.y);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'link-menu': LinkMenu;
  }
}
