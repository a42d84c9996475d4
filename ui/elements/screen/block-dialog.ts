import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ProblemCode } from '../../net/problem.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { dialogs } from '../../styles/dialogs.ts';
import { problemWords } from '../shared/words.ts';

/** Says what blocking somebody does, and asks whether to do it. It removes itself when it is closed. */
@customElement('block-dialog')
export class BlockDialog extends LitElement {
  static override readonly styles = [
    base,
    controls,
    dialogs,
    css`
      dialog {
        inline-size: min(26rem, calc(100vw - 1.5rem));
      }
      .inside {
        display: grid;
        gap: var(--s3);
        padding: var(--s5);
        overflow-wrap: anywhere;
      }
      h2 {
        font-size: var(--large);
        font-weight: 650;
      }
      ul {
        display: grid;
        gap: var(--s2);
        padding-inline-start: 1.125rem;
        list-style: disc;
      }
      li::marker {
        color: var(--quiet);
      }
      .quiet {
        color: var(--quiet);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: end;
        gap: var(--s2);
        margin-block-start: var(--s2);
      }
      @media (max-width: 480px) {
        .acts .button {
          flex: 1;
        }
      }
    `,
  ];

  /** Of the user to block, for a sentence. */
  @property() name = '';
  /** Resolves with null, or with the reason why the user was not blocked. */
  @property({ attribute: false }) block: () => Promise<ProblemCode | null> = () => Promise.resolve(null);
  /** Called when the dialog has closed, for whatever reason. */
  @property({ attribute: false }) gone: () => void = () => undefined;
  @state() private busy = false;
  @state() private problem: ProblemCode | null = null;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
    this.renderRoot.querySelector<HTMLElement>('.cancel')?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.gone();
  }

  readonly close = (): void => {
    this.dialog.close();
  };

  override render(): TemplateResult {
    const { block: words } = manageStrings();
    const { name, problem } = this;
    return html`<dialog
      role="alertdialog"
      aria-labelledby="title"
      aria-describedby="text"
      @close=${() => {
        this.remove();
      }}
      @pointerdown=${(event: PointerEvent) => {
        if (event.target === this.dialog) this.close();
      }}
    >
      <div class="inside">
        <h2 id="title">${words.question(name)}</h2>
        <div id="text">
          <ul>
            <li>${words.cannotWrite(name)}</li>
            <li>${words.noPresence(name)}</li>
            <li>${words.neither(name)}</li>
          </ul>
        </div>
        <p class="quiet">${words.stays}</p>
        <p class="fault" role="alert" ?hidden=${problem === null}>
          ${problem === null ? nothing : `${words.notBlocked(name)} ${problemWords(problem)}`}
        </p>
        <div class="acts">
          <button class="button cancel" type="button" @click=${this.close}>${words.cancel}</button>
          <button
            class="button main danger"
            type="button"
            aria-disabled=${this.busy ? 'true' : 'false'}
            @click=${this.#confirm}
          >
            ${this.busy ? html`<span class="spin"></span>` : nothing}${words.confirm}
          </button>
        </div>
      </div>
    </dialog>`;
  }

  readonly #confirm = (): void => {
    if (!this.busy) void this.#run();
  };

  async #run(): Promise<void> {
    this.busy = true;
    this.problem = null;
    this.problem = await this.block();
    this.busy = false;
    if (this.problem === null && this.isConnected) this.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'block-dialog': BlockDialog;
  }
}
