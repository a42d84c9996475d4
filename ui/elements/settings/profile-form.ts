import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ProfileEditor, ProfileField, ProfileForm } from '../../account/profile-editor.ts';
import { ABOUT_MAX } from '../../../server/protocol/limits.ts';
import { codePoints } from '../../model/text/code-points.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { formField } from '../shared/form-field.ts';
import './profile-picture.ts';
import { fieldFaultWords, newsWords } from './profile-words.ts';

/** From this many characters on, it is said how many are left. */
const LEFT_SHOWN = 40;

/** What the user says of themselves: name, a few words, and a picture. */
@customElement('profile-form')
export class ProfileFormElement extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      :host {
        display: grid;
        gap: var(--s4);
        inline-size: 100%;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s2);
      }
      form {
        display: grid;
        gap: var(--s3);
        justify-items: start;
      }
      .field {
        inline-size: min(24rem, 100%);
      }
      textarea {
        font: inherit;
        color: inherit;
        inline-size: 100%;
        min-block-size: 4.5rem;
        padding: var(--s2) var(--s3);
        border: 1px solid var(--edge);
        border-radius: var(--round);
        background: var(--raised);
        resize: vertical;
        overflow-wrap: anywhere;
      }
      textarea:focus-visible {
        outline-offset: -1px;
        border-color: var(--accent);
      }
      textarea[aria-invalid='true'] {
        border-color: var(--danger);
        outline-color: var(--danger);
      }
    `,
  ];

  @property() userId = '';
  @property() username = '';
  @property({ attribute: false }) form: ProfileForm | null = null;
  @property({ attribute: false }) editor: ProfileEditor | null = null;

  override render(): TemplateResult | typeof nothing {
    const { form } = this;
    if (form === null) return nothing;
    const { profile } = settingsStrings();
    return html`<p class="hint">${form.user === null ? profile.unknown : profile.hint}</p>
      <profile-picture
        .userId=${this.userId}
        .username=${this.username}
        .form=${form}
        .editor=${this.editor}
      ></profile-picture>
      ${this.#fields(form)}`;
  }

  #fields({ user, name, about, isEdited, busy, faults, news }: ProfileForm): TemplateResult {
    const { profile } = settingsStrings();
    const told = newsWords(news, 'fields');
    const isBusy = busy === 'fields';
    const { name: nameFault, about: aboutFault } = faults;
    return html`<form novalidate @submit=${this.#save}>
      ${formField({
        id: 'name',
        label: profile.name,
        autocomplete: 'off',
        optional: true,
        value: name,
        hint: profile.nameHint,
        fault: nameFault === undefined ? '' : fieldFaultWords('name', nameFault),
        typed: (text) => this.editor?.type('name', text),
      })}
      ${this.#about(about, aboutFault === undefined ? '' : fieldFaultWords('about', aboutFault))}
      <p class="fault" role="alert" ?hidden=${told?.isFault !== true}>
        ${told?.isFault === true ? told.text : ''}
      </p>
      <p class="hint" role="status">
        ${isEdited ? profile.unsaved : told?.isFault === false ? told.text : ''}
      </p>
      <div class="acts">
        <button
          class="button main"
          type="submit"
          aria-disabled=${isBusy || user === null || !isEdited ? 'true' : 'false'}
        >
          ${isBusy ? html`<span class="spin"></span>` : nothing}${profile.save}
        </button>
        ${
          isEdited && !isBusy
            ? html`<button class="button" type="button" @click=${this.#undo}>${profile.undo}</button>`
            : nothing
        }
      </div>
    </form>`;
  }

  #about(about: string, fault: string): TemplateResult {
    const { profile } = settingsStrings();
    const left = ABOUT_MAX - codePoints(about.trim());
    return html`<div class="field">
      <div class="field-head"><label for="about">${profile.about}</label></div>
      <textarea
        id="about"
        name="about"
        rows="3"
        dir="auto"
        aria-invalid=${fault === '' ? 'false' : 'true'}
        aria-describedby="about-left about-fault"
        .value=${about}
        @keydown=${this.#enter}
        @input=${(event: InputEvent) => {
          const field = event.target as HTMLTextAreaElement;
          // Its lines are joined, because it is shown as one.
          if (/[\r\n]/.test(field.value)) field.value = field.value.replace(/\s*[\r\n]+\s*/g, ' ');
          this.editor?.type('about', field.value);
        }}
      ></textarea>
      <p class="hint" id="about-left">${left >= 0 && left <= LEFT_SHOWN ? profile.left(left) : ''}</p>
      <p class="fault" id="about-fault" role="alert" ?hidden=${fault === ''}>${fault}</p>
    </div>`;
  }

  readonly #enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    void this.#run();
  };

  readonly #save = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#run();
  };

  async #run(): Promise<void> {
    const { form, editor } = this;
    if (form === null || editor === null || form.user === null || !form.isEdited) return;
    const wrong: ProfileField | null = await editor.save();
    if (wrong === null) return;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${wrong}`)?.focus();
  }

  readonly #undo = (): void => {
    this.editor?.undo();
    // The button goes away with the changes.
    this.renderRoot.querySelector<HTMLElement>('#name')?.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'profile-form': ProfileFormElement;
  }
}
