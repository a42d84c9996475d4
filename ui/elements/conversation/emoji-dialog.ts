import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { narrow } from '../../navigation/one-pane.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { Layer, type LayerHost } from '../shared/layer.ts';
import './emoji-picker.ts';
import { insertText } from './insert-text.ts';
import { closeOnOutside, placeMenu, popupMenuStyles } from './popup-menu.ts';

/** The emoji picker of the text field: above its button, or as a sheet at the bottom of a narrow screen. */
@customElement('emoji-dialog')
export class EmojiDialog extends LitElement {
  static override readonly styles = [
    base,
    popupMenuStyles,
    css`
      dialog {
        overflow: hidden;
        animation: open var(--quick) var(--ease);
      }
      @keyframes open {
        from {
          opacity: 0;
          transform: translateY(0.25rem);
        }
      }
      @media (max-width: 720px) {
        dialog {
          inset: auto 0 0;
          inline-size: 100%;
          max-inline-size: none;
          padding-block-end: env(safe-area-inset-bottom);
          border-width: 1px 0 0;
          border-radius: 1rem 1rem 0 0;
        }
        dialog::backdrop {
          background: var(--veil);
        }
      }
    `,
  ];

  /** The button that opened it. */
  @property({ attribute: false }) anchor: HTMLElement | null = null;
  @property({ attribute: false }) choose: (emoji: string) => void = () => undefined;
  /** Called when it has closed, for whatever reason. */
  @property({ attribute: false }) gone: () => void = () => undefined;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  override render(): TemplateResult {
    return html`<dialog
      aria-label=${strings().composer.emoji}
      @close=${() => {
        this.remove();
      }}
      @pointerdown=${(event: PointerEvent) => {
        closeOnOutside(event, this.dialog);
      }}
      @keydown=${(event: KeyboardEvent) => {
        // Shortcuts of the page must not work behind it.
        event.stopPropagation();
      }}
    >
      <emoji-picker .choose=${this.#chosen}></emoji-picker>
    </dialog>`;
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    this.#place();
    addEventListener('resize', this.#place);
    void this.#focusPicker();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('resize', this.#place);
    this.gone();
  }

  close(): void {
    this.dialog.close();
  }

  async #focusPicker(): Promise<void> {
    const picker = this.dialog.querySelector('emoji-picker');
    await picker?.updateComplete;
    picker?.focus();
  }

  readonly #place = (): void => {
    if (narrow() || this.anchor === null) {
      this.dialog.removeAttribute('style');
      return;
    }
    const { left, right, top } = this.anchor.getBoundingClientRect();
    const { width } = this.dialog.getBoundingClientRect();
    const isRightToLeft = this.dialog.matches(':dir(rtl)');
    placeMenu(this.dialog, isRightToLeft ? left + width : right - width, top - 8);
  };

  readonly #chosen = (emoji: string): void => {
    this.close();
    this.choose(emoji);
  };
}

let open: EmojiDialog | null = null;

/** Opens the picker for a text field of an element. What is chosen takes the place of the selection. */
export const openEmojiDialog = (host: LayerHost, field: HTMLTextAreaElement, anchor: HTMLElement): void => {
  if (open?.isConnected === true || !host.isConnected) return;
  const dialog = document.createElement('emoji-dialog');
  const layer = new Layer(host, () => {
    dialog.close();
  });
  open = dialog;
  dialog.anchor = anchor;
  dialog.choose = (emoji) => {
    insertText(field, emoji);
  };
  dialog.gone = () => {
    layer.closed();
    host.removeController(layer);
  };
  document.body.append(dialog);
  layer.opened();
};

declare global {
  interface HTMLElementTagNameMap {
    'emoji-dialog': EmojiDialog;
  }
}
