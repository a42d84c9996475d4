import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiProblem, problemCode } from '../net/problem.ts';
import { loginStrings } from '../strings/login-strings.ts';
import { settingsStrings } from '../strings/settings-strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import './password-rules.ts';
import { refusalWords, ruleResults } from './password-rules.ts';
import { problemWords } from './words.ts';

/** The two forms that want the password again: changing it, and deleting the account. `act` rejects with
 *  ApiProblem. */
@customElement('secret-form')
export class SecretForm extends LitElement {
  static override readonly styles = [
    base,
    controls,
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
  @state() private fault = '';
  @state() private done = '';

  override render(): TemplateResult {
    const { settings } = settingsStrings();
    const deleting = this.purpose === 'delete';
    return html`<form novalidate @submit=${this.#submit}>
      <input type="text" name="username" autocomplete="username" .value=${this.username} hidden readonly />
      ${this.#field(deleting ? settings.deletePassword : settings.currentPassword, 'current')}
      ${
        deleting
          ? nothing
          : html`${this.#field(settings.newPassword, 'next')}
              <password-rules .password=${this.next} .username=${this.username}></password-rules>`
      }
      <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
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

  #field(label: string, which: 'current' | 'next'): TemplateResult {
    return html`<div class="field">
      <label for=${which}>${label}</label>
      <input
        id=${which}
        type="password"
        autocomplete=${which === 'current' ? 'current-password' : 'new-password'}
        .value=${this[which]}
        @input=${(event: InputEvent) => {
          this[which] = (event.target as HTMLInputElement).value;
          this.done = '';
        }}
      />
    </div>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.busy) return;
    const { login, rules } = loginStrings();
    if (this.current === '') this.#refuse(login.needPassword, 'current');
    else if (this.purpose === 'change' && ruleResults(this.next, this.username).some(([, met]) => !met)) {
      this.#refuse(rules.missing, 'next');
    } else void this.#run();
  };

  async #run(): Promise<void> {
    const { login } = loginStrings();
    const { settings } = settingsStrings();
    this.busy = true;
    this.fault = '';
    try {
      await this.act(this.current, this.next);
      this.current = '';
      this.next = '';
      if (this.purpose === 'change') this.done = settings.passwordChanged;
    } catch (error) {
      const code = problemCode(error);
      if (code === 'forbidden') {
        this.#refuse(this.purpose === 'delete' ? settings.deleteWrong : settings.wrongPassword, 'current');
      } else if (code === 'too_many_requests' && error instanceof ApiProblem) {
        this.#refuse(login.waitMinutes(Math.ceil((error.retryAfterS ?? 60) / 60)), 'current');
      } else if (code === 'bad_request' && error instanceof ApiProblem) {
        this.#refuse(refusalWords(error), 'next');
      } else this.fault = problemWords(code);
    } finally {
      this.busy = false;
    }
  }

  #refuse(fault: string, field: string): void {
    this.fault = fault;
    this.renderRoot.querySelector<HTMLInputElement>(`#${field}`)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'secret-form': SecretForm;
  }
}
