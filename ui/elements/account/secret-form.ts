import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiProblem, problemCode } from '../../net/problem.ts';
import { loginStrings } from '../../strings/login-strings.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { formField } from '../shared/form-field.ts';
import './password-rules.ts';
import { ruleResults } from './password-check.ts';
import { problemWords } from '../shared/words.ts';

type Secret = 'current' | 'next';

/** The two forms that ask for the password again: to change it, and to delete the account. `act` rejects with
 *  ApiProblem. */
@customElement('secret-form')
export class SecretForm extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      form {
        display: grid;
        gap: var(--s3);
        justify-items: start;
      }
      .field {
        inline-size: min(24rem, 100%);
      }
    `,
  ];

  @property() purpose: 'change' | 'delete' = 'change';
  @property() username = '';
  @property({ attribute: false }) act: (current: string, next: string) => Promise<void> = () =>
    Promise.resolve();
  @state() private current = '';
  @state() private next = '';
  @state() private busy = false;
  @state() private faults: Readonly<Partial<Record<Secret | 'form', string>>> = {};
  @state() private done = '';

  override render(): TemplateResult {
    const { settings } = settingsStrings();
    const deleting = this.purpose === 'delete';
    const form = this.faults.form ?? '';
    return html`<form novalidate @submit=${this.#submit}>
      <input type="text" name="username" autocomplete="username" .value=${this.username} hidden readonly />
      ${this.#field(deleting ? settings.deletePassword : settings.currentPassword, 'current')}
      ${deleting ? nothing : this.#field(settings.newPassword, 'next')}
      <p class="fault" role="alert" ?hidden=${form === ''}>${form}</p>
      <p role="status" class="hint">${this.done}</p>
      <button
        class="button ${deleting ? 'danger' : ''}"
        type="submit"
        aria-disabled=${this.busy ? 'true' : 'false'}
      >
        ${this.busy ? html`<span class="spin"></span>` : nothing}
        ${deleting ? settings.deleteConfirm : settings.changePassword}
      </button>
    </form>`;
  }

  #field(label: string, which: Secret): TemplateResult {
    const isNew = which === 'next';
    return formField({
      id: which,
      label,
      type: 'password',
      autocomplete: isNew ? 'new-password' : 'current-password',
      value: this[which],
      fault: this.faults[which] ?? '',
      typed: (value) => {
        this[which] = value;
        this.faults = {};
        this.done = '';
      },
      ...(isNew && {
        below: html`<password-rules .password=${this.next} .username=${this.username}></password-rules>`,
      }),
    });
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.busy) return;
    const { login, rules } = loginStrings();
    if (this.current === '') void this.#refuse('current', login.needPassword);
    else if (this.purpose === 'change' && ruleResults(this.next, this.username).some(([, met]) => !met)) {
      void this.#refuse('next', rules.missing);
    } else void this.#run();
  };

  async #run(): Promise<void> {
    const { login, rules } = loginStrings();
    const { settings } = settingsStrings();
    this.busy = true;
    this.faults = {};
    try {
      await this.act(this.current, this.next);
      this.current = '';
      this.next = '';
      if (this.purpose === 'change') this.done = settings.passwordChanged;
    } catch (error) {
      const code = problemCode(error);
      if (code === 'forbidden') {
        await this.#refuse(
          'current',
          this.purpose === 'delete' ? settings.deleteWrong : settings.wrongPassword,
        );
      } else if (code === 'too_many_requests' && error instanceof ApiProblem) {
        this.faults = { form: login.waitMinutes(Math.max(1, Math.ceil((error.retryAfterS ?? 60) / 60))) };
      } else if (code === 'bad_request' && error instanceof ApiProblem) {
        await this.#refuse(
          'next',
          error.errors.some(({ path }) => path === 'new_password') ? rules.common : login.refused,
        );
      } else this.faults = { form: problemWords(code) };
    } finally {
      this.busy = false;
    }
  }

  async #refuse(field: Secret, fault: string): Promise<void> {
    this.faults = { [field]: fault };
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>(`#${field}`)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'secret-form': SecretForm;
  }
}
