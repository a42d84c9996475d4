import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ProfileEditor, ProfileForm } from '../../account/profile-editor.ts';
import { profileOf } from '../../model/person.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import type {} from './crop-dialog.ts';
import { loadPart, type Missing } from '../shared/load-part.ts';
import { givenIn, meansFiles } from '../shared/given-files.ts';
import '../shared/person-avatar.ts';
import { touch } from '../shared/window-focus.ts';
import { newsWords } from './profile-words.ts';

const pictureIn = (data: DataTransfer): File | null =>
  givenIn(data).files.find(({ type }) => type.startsWith('image/')) ?? null;

/** The user's picture: they choose a file, drop one or paste one, and then the part of it that is shown. */
@customElement('profile-picture')
export class ProfilePicture extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      :host {
        display: block;
        inline-size: 100%;
      }
      .picture {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s3) var(--s4);
        border-radius: var(--round);
      }
      .picture.over {
        outline: 2px dashed var(--accent);
        outline-offset: var(--s2);
      }
      .picture > div {
        display: grid;
        flex: 1 1 12rem;
        gap: var(--s2);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s2);
      }
      person-avatar {
        inline-size: 5rem;
        block-size: 5rem;
        font-size: 2rem;
      }
    `,
  ];

  @property() userId = '';
  @property() username = '';
  @property({ attribute: false }) form: ProfileForm | null = null;
  @property({ attribute: false }) editor: ProfileEditor | null = null;
  /** The picture of which a part is being chosen. */
  @state() private cropped: ImageBitmap | null = null;
  /** Why a picture can't be used. */
  @state() private fault = '';
  /** Whether a picture is being read. */
  #isOpening = false;
  /** Whether a file is being dragged over the picture. */
  @state() private over = false;
  @query('input[type=file]') private readonly chooser!: HTMLInputElement;

  override connectedCallback(): void {
    super.connectedCallback();
    // Before the window says that files can't be sent.
    addEventListener('paste', this.#paste, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('paste', this.#paste, { capture: true });
    this.#uncrop();
  }

  override render(): TemplateResult | typeof nothing {
    const { form } = this;
    if (form === null) return nothing;
    return html`${this.#picture(form)}
    ${
      this.cropped === null
        ? nothing
        : html`<crop-dialog .picture=${this.cropped} .use=${this.#use} .leave=${this.#uncrop}></crop-dialog>`
    }`;
  }

  #picture({ user, name, busy, news }: ProfileForm): TemplateResult {
    const { profile } = settingsStrings();
    const picture = user === null ? null : profileOf(user).avatar;
    const isBusy = busy === 'picture';
    const told = newsWords(news, 'picture');
    const fault = this.fault === '' && told?.isFault === true ? told.text : this.fault;
    return html`<div
      class="picture ${this.over ? 'over' : ''}"
      role="group"
      aria-label=${profile.picture}
      @dragover=${this.#dragged}
      @dragleave=${this.#dragged}
      @drop=${this.#dropped}
    >
      <person-avatar
        .person=${this.userId}
        .name=${name.trim() === '' ? this.username : name}
        .picture=${picture}
      ></person-avatar>
      <div>
        <div class="acts">
          <input type="file" accept="image/*" hidden tabindex="-1" @change=${this.#chosen} />
          <button
            class="button choose"
            type="button"
            aria-disabled=${isBusy ? 'true' : 'false'}
            @click=${() => {
              if (!isBusy) this.chooser.click();
            }}
          >
            ${isBusy ? html`<span class="spin"></span>` : nothing}${picture === null ? profile.choose : profile.another}
          </button>
          ${picture === null ? nothing : this.#remover(isBusy)}
        </div>
        ${touch() ? nothing : html`<p class="hint">${profile.pictureHint}</p>`}
        <p class="fault" role="alert" ?hidden=${fault === ''}>${fault}</p>
        <p class="hint" role="status" ?hidden=${told === null || told.isFault}>
          ${told?.isFault === false ? told.text : nothing}
        </p>
      </div>
    </div>`;
  }

  #remover(isBusy: boolean): TemplateResult {
    return html`<button
      class="button"
      type="button"
      aria-disabled=${isBusy ? 'true' : 'false'}
      @click=${() => void this.#remove()}
    >
      ${settingsStrings().profile.remove}
    </button>`;
  }

  async #remove(): Promise<void> {
    this.fault = '';
    await this.editor?.setPicture(null);
    await this.updateComplete;
    if (this.form?.user !== null && this.isConnected)
      this.renderRoot.querySelector<HTMLElement>('.choose')?.focus();
  }

  readonly #chosen = (): void => {
    const [file] = this.chooser.files ?? [];
    // The same file may be chosen again.
    if (file !== undefined) void this.#crop(file).finally(() => (this.chooser.value = ''));
  };

  readonly #dragged = (event: DragEvent): void => {
    const hasFiles = event.dataTransfer?.types.includes('Files') === true;
    this.over = hasFiles && event.type === 'dragover';
    if (hasFiles) event.preventDefault();
  };

  readonly #dropped = (event: DragEvent): void => {
    this.over = false;
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.stopPropagation();
    this.#given(event.dataTransfer);
  };

  readonly #paste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (!meansFiles(data)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#given(data);
  };

  #given(data: DataTransfer): void {
    const file = pictureIn(data);
    if (file === null) this.fault = settingsStrings().profile.noFile;
    else void this.#crop(file);
  }

  async #crop(file: File): Promise<void> {
    if (this.#isOpening || this.cropped !== null || this.form?.busy === 'picture') return;
    this.#isOpening = true;
    const { profile } = settingsStrings();
    this.fault = '';
    const [missing, picture] = await Promise.all([
      loadPart(() => import('./crop-dialog.ts')),
      createImageBitmap(file).catch(() => null),
    ]);
    const fault = missing === null ? (picture === null ? profile.noImage : '') : this.#missingWords(missing);
    this.#isOpening = false;
    if (fault === '' && this.isConnected) this.cropped = picture;
    else picture?.close();
    this.fault = fault;
  }

  #missingWords(missing: Missing): string {
    const words = strings();
    return missing === 'updated' ? words.updated : words.missing;
  }

  readonly #use = (picture: Blob | null): void => {
    if (picture === null) this.fault = settingsStrings().profile.tooHeavy;
    else void this.editor?.setPicture(picture);
  };

  readonly #uncrop = (): void => {
    this.cropped?.close();
    this.cropped = null;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'profile-picture': ProfilePicture;
  }
}
