import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { dialogs } from '../../styles/dialogs.ts';
import { emit } from '../shared/emit.ts';
import { closeIcon } from '../shared/more-icons.ts';
import { isMac, modifierName } from '../shared/shortcuts.ts';

/** The list of keyboard shortcuts. */
@customElement('key-sheet')
export class KeySheet extends LitElement {
  static override readonly styles = [
    base,
    controls,
    dialogs,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(45%, 1fr) auto;
        gap: var(--s2) var(--s4);
        align-items: center;
      }
      dt {
        overflow-wrap: anywhere;
        hyphens: auto;
      }
      dd {
        text-align: end;
      }
      kbd {
        display: inline-block;
        min-inline-size: 1.5rem;
        padding: 0.125rem 0.375rem;
        border: 1px solid var(--edge);
        border-block-end-width: 2px;
        border-radius: 0.3125rem;
        background: var(--raised);
        font: inherit;
        font-size: var(--small);
        text-align: center;
      }
    `,
  ];

  @property({ type: Boolean }) enterSends = true;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render(): TemplateResult {
    const { close } = strings();
    const { keys } = panelStrings();
    const mod = modifierName();
    const rows: readonly (readonly [string, readonly string[]])[] = [
      [keys.switch, [mod, 'K']],
      [keys.search, [mod, keys.shift, 'F']],
      [keys.compose, [mod, keys.shift, 'K']],
      [keys.settings, [mod, ',']],
      [keys.send, this.enterSends ? ['Enter'] : [mod, 'Enter']],
      [keys.break, this.enterSends ? [keys.shift, 'Enter'] : ['Enter']],
      [keys.bold, [mod, 'B']],
      [keys.italic, [mod, 'I']],
      [keys.lists, ['↑', '↓']],
      [keys.messages, ['↑']],
      [keys.details, ['Enter']],
      [keys.menu, [keys.shift, 'F10']],
      [keys.reply, [isMac() ? '⌥' : 'Alt', 'R']],
      [keys.escape, ['Esc']],
      [keys.sheet, [mod, '/']],
    ];
    return html`<dialog
      aria-labelledby="title"
      @close=${() => {
        emit(this, 'close-panel');
      }}
      @pointerdown=${(event: PointerEvent) => {
        if (event.target === this.dialog) this.dialog.close();
      }}
    >
      <div class="bar">
        <h2 id="title">${keys.title}</h2>
        <button
          class="icon"
          type="button"
          aria-label=${close}
          @click=${() => {
            this.dialog.close();
          }}
        >
          ${closeIcon}
        </button>
      </div>
      <div class="inside" tabindex="0" role="group" aria-labelledby="title">
        <dl>
          ${rows.map(
            ([what, combination]) =>
              html`<dt>${what}</dt>
                <dd>${combination.map((key) => html`<kbd>${key}</kbd> `)}</dd>`,
          )}
        </dl>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'key-sheet': KeySheet;
  }
}
