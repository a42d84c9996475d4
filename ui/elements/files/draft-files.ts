import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { OutgoingAttachment } from '../../attachments/outgoing-attachment.ts';
import type { OutgoingFiles } from '../../attachments/outgoing-files.ts';
import { nameParts, shownFileName } from '../../model/text/file-name.ts';
import { fileSize } from '../../model/text/file-size.ts';
import { isolated } from '../../model/person.ts';
import { language } from '../../strings/locale.ts';
import { sendingStrings } from '../../strings/sending-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { draftFilesStyles } from './draft-files-styles.ts';
import { emit } from '../shared/emit.ts';
import { closeIcon } from '../shared/more-icons.ts';
import { faultIcon, iconOf, progressRing } from './file-icons.ts';
import { outgoingPart, outgoingWords } from './outgoing-words.ts';
import { progressStyles } from './progress-styles.ts';

/** The files of a draft, above the text field: how far each is, and what can be done with it. */
@customElement('draft-files')
export class DraftFiles extends SignalWatcher(LitElement) {
  static override readonly styles = [base, controls, progressStyles, draftFilesStyles];

  @property({ attribute: false }) files: OutgoingFiles | null = null;
  @property() conversationId = '';
  /** What the screen reader was told last. */
  @state() private told = '';
  #states = new Map<string, OutgoingAttachment['state']>();
  /** How many were uploaded since that was told last. */
  #uploaded = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'group';
  }

  override render(): TemplateResult {
    const words = sendingStrings();
    const drafted = this.files?.drafted(this.conversationId) ?? [];
    const isRefused = drafted.some(({ state }) => state === 'refused');
    this.ariaLabel = words.files;
    this.#tell(drafted);
    return html`<ul>
        ${repeat(
          drafted,
          ({ key }) => key,
          (file) => this.#file(file),
        )}
      </ul>
      ${
        drafted.some(({ original }) => original !== null)
          ? html`<p class="hint" id="original">${words.originalHint}</p>`
          : nothing
      }
      ${isRefused ? html`<p class="fault">${words.removeRefused}</p>` : nothing}
      ${this.files?.isOnlyHere(this.conversationId) === true ? html`<p class="notice" role="note">${words.onlyHere}</p>` : nothing}
      <span class="visually-hidden" role="status">${this.told}</span>`;
  }

  #file(file: OutgoingAttachment): TemplateResult {
    const { key, name, original, state } = file;
    const words = sendingStrings();
    const shown = shownFileName(name);
    const [head, tail] = nameParts(name);
    return html`<li class=${state} data-key=${key}>
      ${this.#sign(file)}
      <span class="what">
        <bdi class="name" dir="auto" title=${shown}
          ><span class="head">${head}</span><span class="tail">${tail}</span></bdi
        >
        <span class=${state === 'refused' ? 'line fault' : 'line'}>${this.#line(file)}</span>
      </span>
      ${original === null ? nothing : this.#switch(file, original)}
      ${
        state === 'refused'
          ? html`<button
              class="link"
              type="button"
              aria-label=${words.again(isolated(shown))}
              @click=${() => {
                emit(this, 'retry-file', { key });
              }}
            >
              ${strings().retry}
            </button>`
          : nothing
      }
      <button
        class="icon"
        type="button"
        aria-label=${words.remove(isolated(shown))}
        title=${words.remove(isolated(shown))}
        @click=${() => {
          this.#remove(key);
        }}
      >
        ${closeIcon}
      </button>
    </li>`;
  }

  #sign(file: OutgoingAttachment): TemplateResult {
    const { picture, state, type } = file;
    const isUnderWay = state === 'uploading' || state === 'preparing';
    return html`<span class="sign" aria-hidden="true">
      ${picture === null ? iconOf(type) : html`<img src=${picture} alt="" />`}
      ${isUnderWay ? html`<span class="over">${progressRing(outgoingPart(file))}</span>` : nothing}
      ${state === 'refused' ? html`<span class="over">${faultIcon}</span>` : nothing}
    </span>`;
  }

  #switch({ key, name }: OutgoingAttachment, original: boolean): TemplateResult {
    const words = sendingStrings();
    return html`<button
      class="button original"
      type="button"
      aria-label=${words.originalOf(isolated(shownFileName(name)))}
      aria-pressed=${original ? 'true' : 'false'}
      aria-describedby="original"
      title=${words.originalHint}
      @click=${() => {
        emit(this, 'send-original', { key, original: !original });
      }}
    >
      ${words.original}
    </button>`;
  }

  /** The line below the name. */
  #line(file: OutgoingAttachment): string {
    const size = fileSize(file.size, language());
    const parts = [file.state === 'preparing' ? '' : size, this.#course(file)];
    if (file.original === true && file.state !== 'refused') parts.push(sendingStrings().asItIs);
    return parts.filter((part) => part !== '').join(' · ');
  }

  /** How far a file is, or why it is not sent. */
  #course(file: OutgoingAttachment): string {
    const words = sendingStrings();
    if (file.state === 'waiting' && file.refusal === 'insufficient_storage') return words.fullWaits;
    if (file.refusal !== 'too-large') return outgoingWords(file);
    const maxBytes = this.files?.limits.get()?.maxBytes;
    return maxBytes === undefined ? outgoingWords(file) : words.tooLarge(fileSize(maxBytes, language()));
  }

  /** Tells a screen reader of what has ended since the last time. */
  #tell(drafted: readonly OutgoingAttachment[]): void {
    const words = sendingStrings();
    const ended = drafted.filter(
      ({ key, state }) =>
        (state === 'uploaded' || state === 'refused') &&
        this.#states.has(key) &&
        this.#states.get(key) !== state,
    );
    this.#states = new Map(drafted.map(({ key, state }) => [key, state]));
    const said = ended.flatMap((file) =>
      file.state === 'refused' ? [words.failed(isolated(shownFileName(file.name)), this.#course(file))] : [],
    );
    // Of those that are uploaded when all are, in one sentence.
    this.#uploaded += ended.length - said.length;
    if (this.#uploaded > 0 && drafted.every(({ state }) => state === 'uploaded' || state === 'refused')) {
      const [last] = ended.filter(({ state }) => state === 'uploaded');
      if (this.#uploaded > 1) said.push(words.allUploaded(this.#uploaded));
      else if (last !== undefined) said.push(words.uploaded(isolated(shownFileName(last.name))));
      this.#uploaded = 0;
    }
    if (said.length > 0) this.told = said.join(' ');
  }

  /** The focus goes to what is left, or to the text field. */
  #remove(key: string): void {
    const rows = [...(this.renderRoot.querySelectorAll('li') as NodeListOf<HTMLElement>)];
    const at = rows.findIndex((row) => row.dataset['key'] === key);
    const next = rows[at + 1] ?? rows[at - 1];
    emit(this, 'remove-file', { key });
    if (next === undefined) emit(this, 'focus-composer');
    else next.querySelector<HTMLElement>('.icon')?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'draft-files': DraftFiles;
  }
}
