import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AttachmentResource } from '../../../server/protocol/resources/attachment.ts';
import type { OutgoingAttachment } from '../../attachments/outgoing-attachment.ts';
import { extensionOf, nameParts, shownFileName } from '../../model/text/file-name.ts';
import { fileSize } from '../../model/text/file-size.ts';
import { fileStrings } from '../../strings/file-strings.ts';
import { language } from '../../strings/locale.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { faultIcon, iconOf, progressRing, saveIcon, stopIcon } from './file-icons.ts';
import { outgoingPart, outgoingWords } from './outgoing-words.ts';
import { progressStyles } from './progress-styles.ts';
import { saveFaultWords } from './save-words.ts';
import { SaveWatch } from './save-watch.ts';

/** A longer one says nothing at a glance. */
const SHORT_EXTENSION = 5;

/** A file of a message as a row: what kind it is, its name, and its size. A click saves it, or stops that. */
@customElement('file-row')
export class FileRow extends LitElement {
  static override readonly shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override readonly styles = [
    base,
    controls,
    progressStyles,
    css`
      :host {
        display: block;
        max-inline-size: 24rem;
      }
      .file {
        display: flex;
        align-items: center;
        gap: 0.625rem;
        inline-size: 100%;
        min-block-size: 3.25rem;
        padding: 0.25rem;
        border-radius: 0.75rem;
        text-align: start;
      }
      .file[aria-disabled='true'] {
        opacity: 1;
      }
      .sign {
        position: relative;
        display: grid;
        place-items: center;
        flex: none;
        inline-size: 2.75rem;
        block-size: 2.75rem;
        border-radius: 0.625rem;
        background: color-mix(in srgb, var(--accent) 16%, transparent);
        color: var(--accent);
        font-size: 0.6875rem;
        font-weight: 700;
        letter-spacing: 0.02em;
        text-transform: uppercase;
      }
      .sign > * {
        grid-area: 1 / 1;
      }
      .act {
        opacity: 0;
      }
      .busy .act {
        opacity: 1;
      }
      .busy .kind {
        opacity: 0;
      }
      @media (hover: hover) {
        .file:not([aria-disabled='true']):hover {
          background: color-mix(in srgb, currentColor 7%, transparent);
        }
        .file:not([aria-disabled='true']):hover .act {
          opacity: 1;
        }
        .file:not([aria-disabled='true']):hover .kind {
          opacity: 0;
        }
      }
      .file:focus-visible {
        outline-offset: 0;
      }
      .what {
        flex: 1;
        min-inline-size: 0;
        line-height: 1.3;
      }
      .name {
        display: flex;
        inline-size: fit-content;
        max-inline-size: 100%;
        font-weight: 550;
        white-space: pre;
      }
      .head {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .tail {
        flex: none;
      }
      .size {
        display: block;
        font-size: var(--tiny);
        opacity: 0.8;
        font-variant-numeric: tabular-nums;
      }
      .failed {
        color: var(--danger);
        opacity: 1;
        font-weight: 550;
      }
      @media (forced-colors: active) {
        .sign {
          border: 1px solid CanvasText;
        }
      }
    `,
  ];

  @property({ attribute: false }) attachment: AttachmentResource | null = null;
  /** The file on its way to the server; null once it is stored there. */
  @property({ attribute: false }) outgoing: OutgoingAttachment | null = null;
  /** Whether the message is not stored yet, so that nothing can be saved. */
  @property({ type: Boolean }) pending = false;
  readonly #saving = new SaveWatch(this);

  override render(): TemplateResult {
    const { attachment, pending } = this;
    if (attachment === null) return html``;
    const { state } = this.#saving;
    const isBusy = state.is === 'loading' || state.is === 'waiting' || this.#isOnItsWay;
    const { shown, isFault } = this.#line(attachment);
    const [head, tail] = nameParts(attachment.name);
    return html`<button
        class=${isBusy ? 'file busy' : 'file'}
        type="button"
        aria-disabled=${pending ? 'true' : nothing}
        aria-label=${this.#label(attachment)}
        title=${shownFileName(attachment.name)}
        @click=${() => {
          if (!pending) this.#saving.toggle();
        }}
      >
        ${this.#sign(attachment)}
        <span class="what" aria-hidden="true"
          ><bdi class="name" dir="auto"
            ><span class="head">${head}</span><span class="tail">${tail}</span></bdi
          >
          <span class=${isFault ? 'size failed' : 'size'}>${shown}</span></span
        ></button
      ><span class="visually-hidden" role="status">${isFault ? shown : ''}</span>`;
  }

  get #isOnItsWay(): boolean {
    return this.outgoing !== null && this.outgoing.state !== 'uploaded' && this.outgoing.state !== 'refused';
  }

  #label({ id: _id, name, size }: AttachmentResource): string {
    const { file, cancel } = fileStrings();
    const shown = shownFileName(name);
    const { is } = this.#saving.state;
    if (is === 'loading' || is === 'waiting') return cancel(shown);
    const words = file(shown, fileSize(size, language()));
    return this.outgoing === null ? words : `${words}, ${outgoingWords(this.outgoing)}`;
  }

  /** The line below the name. */
  #line({ size }: AttachmentResource): { readonly shown: string; readonly isFault: boolean } {
    const words = fileStrings();
    const all = fileSize(size, language());
    const { state } = this.#saving;
    if (this.outgoing !== null) {
      const shown = outgoingWords(this.outgoing);
      return { shown: shown === '' ? all : shown, isFault: this.outgoing.state === 'refused' };
    }
    if (state.is === 'failed') return { shown: saveFaultWords(state.code), isFault: true };
    if (state.is === 'waiting') return { shown: words.waiting, isFault: false };
    if (state.is === 'loading')
      return { shown: words.saving(fileSize(state.received, language()), all), isFault: false };
    return { shown: all, isFault: false };
  }

  #sign({ name, type, size }: AttachmentResource): TemplateResult {
    const { state } = this.#saving;
    const extension = extensionOf(shownFileName(name)).slice(1);
    const kind = extension !== '' && extension.length <= SHORT_EXTENSION ? html`${extension}` : iconOf(type);
    const isFailed = state.is === 'failed' || this.outgoing?.state === 'refused';
    const part = state.is === 'loading' && size > 0 ? state.received / size : null;
    return html`<span class="sign" aria-hidden="true">
      <span class="kind">${isFailed ? faultIcon : kind}</span>
      ${
        this.outgoing !== null
          ? html`<span class="act"
              >${this.#isOnItsWay ? progressRing(outgoingPart(this.outgoing)) : nothing}</span
            >`
          : state.is === 'loading' || state.is === 'waiting'
            ? html`<span class="act">${progressRing(part)}</span><span class="act">${stopIcon}</span>`
            : this.pending
              ? nothing
              : html`<span class="act">${saveIcon}</span>`
      }
    </span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'file-row': FileRow;
  }
}
