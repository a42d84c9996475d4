import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { contentFault, isVisible } from '../../../server/protocol/fields.ts';
import { CONTENT_MAX_CODE_POINTS } from '../../../server/protocol/limits.ts';
import type { OutgoingFiles } from '../../attachments/outgoing-files.ts';
import type { Original } from '../../history/originals.ts';
import type { MessageReference } from '../../model/model.ts';
import { sendable } from '../../model/text/blank-lines.ts';
import { codePoints } from '../../model/text/code-points.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { messageInputStyles } from '../../styles/message-input.ts';
import { touch } from '../shared/window-focus.ts';
import { emit } from '../shared/emit.ts';
import { loadOnce } from '../shared/load-part.ts';
import type {} from '../files/draft-files.ts';
import type {} from './blocked-note.ts';
import { loadAttachments } from './attachments-place.ts';
import type {} from './reply-bar.ts';
import { attachIcon, sendIcon, smileIcon } from '../shared/more-icons.ts';
import { isFormattingWanted } from '../shared/message-text.ts';
import { isMac, modifierName } from '../shared/shortcuts.ts';
import { formattingMark, isComposing, writingAct } from '../shared/writing-keys.ts';

const COUNT_FROM = 500;

const loadDraftFiles = loadOnce(async () => {
  await import('../files/draft-files.ts');
  // Their message is shown at once, and by then there may be no connection.
  loadAttachments();
});

/** The text field for messages. Enter sends or breaks the line, Ctrl+Enter sends, Shift+Enter breaks the line. Keys
 *  that belong to an input method are ignored. */
@customElement('message-input')
export class MessageInput extends SignalWatcher(LitElement) {
  static override readonly styles = [base, controls, messageInputStyles];

  @property() conversationId = '';
  @property() name = '';
  @property() draft = '';
  /** Counts changes of drafts that were not made in this field. */
  @property({ type: Number }) draftChanges = 0;
  @property({ type: Boolean }) closed = false;
  /** Whether the user has blocked the peer. */
  @property({ type: Boolean }) blocked = false;
  /** The message that the draft replies to, and what is known of it. */
  @property({ attribute: false }) reply: MessageReference | null = null;
  @property({ attribute: false }) original: Original = null;
  /** What sends files; null where none can be sent. */
  @property({ attribute: false }) files: OutgoingFiles | null = null;
  /** Nothing can be sent at the moment. */
  @property({ type: Boolean }) held = false;
  /** Whether Enter alone sends, without Ctrl or ⌘. */
  @property({ type: Boolean }) enterSends = true;
  @state() private length = 0;
  /** Whether the server would accept the text in the field. */
  @state() private isSendable = false;
  /** Whether the text in the field shows nothing. */
  @state() private isBlank = true;
  /** Whether the emoji could not be loaded when they were asked for. */
  @state() private lacksEmoji = false;
  @query('input[type=file]') private readonly picker!: HTMLInputElement | null;
  @query('textarea') private readonly field!: HTMLTextAreaElement | null;
  #shownFor = '';
  /** The draft text that this field reported or took over last. */
  #told = '';
  #composing = false;

  override focus(options?: FocusOptions): void {
    this.field?.focus(options);
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const { field } = this;
    if (field === null) return;
    // Show another draft if the conversation changed, or if the draft arrived late from disk or from another tab.
    const replaced = this.conversationId !== this.#shownFor;
    const isNews = changed.has('draftChanges') && this.draft !== this.#told;
    if (replaced || (isNews && !this.#composing)) {
      this.#shownFor = this.conversationId;
      if (field.value !== this.draft) field.value = this.draft;
      this.#told = this.draft;
      this.#measure(field.value);
      this.#grow();
    }
  }

  override render(): TemplateResult {
    const { composer } = strings();
    if (this.closed) return html`<p class="notice closed" role="note">${composer.closed}</p>`;
    if (this.blocked)
      return html`<blocked-note .conversationId=${this.conversationId} .name=${this.name}></blocked-note>`;
    const left = CONTENT_MAX_CODE_POINTS - this.length;
    const near = left <= COUNT_FROM;
    return html`<form class=${left < 0 ? 'over' : ''} @submit=${this.#submit}>
        ${
          this.reply === null
            ? nothing
            : html`<reply-bar
                id="reply"
                .seq=${this.reply.seq}
                .original=${this.original}
                .name=${this.name}
              ></reply-bar>`
        }
        ${this.#draftFiles()}
        <textarea
          rows="1"
          dir="auto"
          enterkeyhint=${this.enterSends ? 'send' : 'enter'}
          aria-label=${composer.label(this.name)}
          aria-invalid=${left < 0 ? 'true' : 'false'}
          aria-describedby=${[this.reply === null ? '' : 'reply', near ? 'count' : ''].join(' ').trim() || nothing}
          placeholder=${composer.placeholder}
          @input=${this.#typed}
          @compositionstart=${() => {
            this.#composing = true;
          }}
          @compositionend=${() => {
            this.#composing = false;
          }}
          @keydown=${this.#key}
        ></textarea>
        ${this.#buttons()}
      </form>
      ${this.lacksEmoji ? html`<p class="below fault" role="alert">${strings().missing}</p>` : nothing}
      ${
        near
          ? html`<div class="below" id="count">
              ${left < 0 ? html`<span class="fault">${composer.overHint}</span>` : nothing}
              <span class="count ${left < 0 ? 'fault' : 'hint'}" role="status"
                >${left < 0 ? composer.over(-left) : composer.left(left)}</span
              >
            </div>`
          : nothing
      }`;
  }

  #buttons(): TemplateResult {
    const { composer } = strings();
    return html`${this.#attachButton()}
      <button
        class="icon smile"
        type="button"
        aria-label=${composer.emoji}
        title=${composer.emoji}
        aria-haspopup="dialog"
        @click=${(event: Event) => void this.#pickEmoji(event.currentTarget as HTMLElement)}
      >
        ${smileIcon}
      </button>
      <button
        class="icon send"
        type="submit"
        aria-label=${composer.send}
        title=${touch() ? composer.send : this.enterSends ? composer.hint : composer.modifierHint(modifierName())}
        aria-disabled=${this.#textToSend() === null ? 'true' : 'false'}
      >
        ${sendIcon}
      </button>`;
  }

  /** The button and the field behind it, which opens the system's own choice: files, and on telephones the camera too. */
  #attachButton(): TemplateResult | typeof nothing {
    if ((this.files?.limits.get() ?? null) === null) return nothing;
    const { attach } = strings().composer;
    return html`<input
        type="file"
        multiple
        hidden
        tabindex="-1"
        aria-hidden="true"
        @change=${this.#picked}
      /><button
        class="icon clip"
        type="button"
        aria-label=${attach}
        title=${attach}
        @click=${() => {
          this.picker?.click();
        }}
      >
        ${attachIcon}
      </button>`;
  }

  #draftFiles(): TemplateResult | typeof nothing {
    if (this.#fileState === 'none') return nothing;
    loadDraftFiles();
    return html`<draft-files .files=${this.files} .conversationId=${this.conversationId}></draft-files>`;
  }

  get #fileState(): ReturnType<OutgoingFiles['draftState']> {
    return this.files?.draftState(this.conversationId) ?? 'none';
  }

  readonly #picked = (): void => {
    const files = [...(this.picker?.files ?? [])];
    // The same file can be picked again.
    if (this.picker !== null) this.picker.value = '';
    if (files.length > 0) emit(this, 'add-files', { files });
  };

  readonly #typed = (): void => {
    if (this.field === null) return;
    this.#measure(this.field.value);
    this.#grow();
    const { value } = this.field;
    // A text of white space only is no draft.
    this.#told = value.trim() === '' ? '' : value;
    emit(this, 'draft-text', { text: value });
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.reply !== null && !isComposing(event)) {
      event.preventDefault();
      emit(this, 'reply-to', { message: null });
      return;
    }
    const mark = isFormattingWanted() ? formattingMark(event, isMac()) : null;
    if (mark !== null) {
      event.preventDefault();
      void this.#mark(mark);
      return;
    }
    const act = writingAct(event, this.field?.value === '', this.enterSends);
    if (act === null) return;
    event.preventDefault();
    if (act === 'send') this.#send();
    else emit(this, 'focus-messages');
  };

  async #pickEmoji(button: HTMLElement): Promise<void> {
    const { field } = this;
    const part = await import('./emoji-dialog.ts').catch(() => null);
    this.lacksEmoji = part === null;
    if (field !== null) part?.openEmojiDialog(this, field, button);
  }

  async #mark(mark: '*' | '_'): Promise<void> {
    const { field } = this;
    const part = await import('./mark-selection.ts').catch(() => null);
    if (field !== null) part?.markSelection(field, mark);
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#send();
    this.focus();
  };

  #send(): void {
    const { field } = this;
    const text = this.#textToSend();
    if (field === null || text === null) return;
    emit(this, 'send-text', { text });
    field.value = '';
    this.#typed();
  }

  /** The text as it is sent, which may be empty beside files [G3]; null if nothing can be sent. */
  #textToSend(): string | null {
    const files = this.#fileState;
    if (this.held || files === 'refused') return null;
    if (this.isSendable) return sendable(this.field?.value ?? '');
    return files === 'sendable' && this.isBlank ? '' : null;
  }

  #measure(text: string): void {
    const sent = sendable(text);
    this.length = codePoints(sent);
    this.isSendable = contentFault(sent) === null;
    this.isBlank = !isVisible(sent);
  }

  /** Done in code because the desktop's web view lacks `field-sizing`. */
  #grow(): void {
    const { field } = this;
    if (field === null) return;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${String(field.scrollHeight)}px`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-input': MessageInput;
  }
}
