import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { problemCode, type ProblemCode } from '../../net/problem.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { problemWords } from '../shared/words.ts';

type State =
  { readonly is: 'idle' | 'asking' | 'begun' } | { readonly is: 'failed'; readonly code: ProblemCode };

/** Lets the user download everything that is theirs. The browser saves the file by itself, whatever its size, and shows how far it is;
 *  it goes on when this window is closed. */
@customElement('export-data')
export class ExportData extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      :host {
        display: grid;
        gap: var(--s3);
        justify-items: start;
      }
    `,
  ];

  /** Makes the browser begin the download. Rejects with ApiProblem. */
  @property({ attribute: false }) download: () => Promise<void> = () => Promise.resolve();
  /** Whether the download appears in another window, that of the user's browser. */
  @property({ attribute: false }) elsewhere = false;

  @state() private progress: State = { is: 'idle' };

  override render(): TemplateResult {
    const { ownData } = settingsStrings();
    const { progress } = this;
    const isAsking = progress.is === 'asking';
    return html`<p>${ownData.explain}</p>
      <button
        class="button"
        type="button"
        aria-disabled=${isAsking ? 'true' : 'false'}
        @click=${() => {
          if (!isAsking) void this.#run();
        }}
      >
        ${isAsking ? html`<span class="spin"></span>` : nothing}${ownData.download}
      </button>
      <div role="status">
        ${progress.is === 'begun' ? html`<p class="hint">${this.elsewhere ? ownData.begunElsewhere : ownData.begun}</p>` : nothing}
      </div>
      ${progress.is === 'failed' ? html`<p class="fault" role="alert">${faultWords(progress.code)}</p>` : nothing}`;
  }

  async #run(): Promise<void> {
    this.progress = { is: 'asking' };
    try {
      await this.download();
      this.progress = { is: 'begun' };
    } catch (error) {
      this.progress = { is: 'failed', code: problemCode(error) };
    }
  }
}

const faultWords = (code: ProblemCode): string => {
  const { ownData } = settingsStrings();
  if (code === 'too_many_requests') return ownData.running;
  // A server from before there were exports.
  if (code === 'not_found' || code === 'method_not_allowed') return ownData.unknown;
  return code === 'unavailable' ? ownData.busy : problemWords(code);
};

declare global {
  interface HTMLElementTagNameMap {
    'export-data': ExportData;
  }
}
