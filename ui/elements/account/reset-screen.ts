import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { loginStrings } from '../../strings/login-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { loginStyles } from '../../styles/login.ts';
import { formField } from '../shared/form-field.ts';
import { iconUrl } from '../shared/icon-url.ts';
import './log-out.ts';
import { ruleResults } from './password-check.ts';
import './password-rules.ts';
import { resetFaults, type ResetFaults } from './reset-faults.ts';

/** Choosing a new password with a one-time link from the operator. Whoever is logged in here logs out first, because the link may be
 *  somebody else's. `reset` rejects with ApiProblem. */
@customElement('reset-screen')
export class ResetScreen extends LitElement {
  static override readonly styles = [base, controls, fields, loginStyles];

  /** Empty while nobody is logged in here. */
  @property() loggedInAs = '';
  /** What logging out would remove, as `log-out` wants it. */
  @property({ type: Number }) unsent = 0;
  @property({ type: Number }) drafts = 0;
  @property({ attribute: false }) recount: () => void = () => undefined;
  @property({ attribute: false }) logOut: () => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) reset: (password: string) => Promise<void> = () => Promise.resolve();
  /** Goes on without a new password. */
  @property({ attribute: false }) leave: () => void = () => undefined;
  @state() private password = '';
  @state() private shown = false;
  @state() private busy = false;
  @state() private faults: ResetFaults = {};

  override updated(changed: Map<PropertyKey, unknown>): void {
    // At first, and once somebody has logged out.
    if (changed.has('loggedInAs') && this.loggedInAs === '') this.#focus();
  }

  override render(): TemplateResult {
    const { reset } = loginStrings();
    return html`<main>
      <header>
        <img src=${iconUrl} alt="" width="44" height="44" />
        <div class="brand">${strings().app}</div>
      </header>
      <h1>${reset.title}</h1>
      ${this.loggedInAs === '' ? this.#form() : this.#logOutFirst()}
    </main>`;
  }

  #logOutFirst(): TemplateResult {
    const { reset } = loginStrings();
    return html`<p class="notice" role="status">${reset.loggedInAs(this.loggedInAs)}</p>
      <log-out
        .unsent=${this.unsent}
        .drafts=${this.drafts}
        .recount=${this.recount}
        .run=${this.logOut}
      ></log-out>
      <footer><button class="link" type="button" @click=${this.leave}>${reset.stay}</button></footer>`;
  }

  #form(): TemplateResult {
    const { reset } = loginStrings();
    const form = this.faults.form ?? '';
    return html`<form novalidate @submit=${this.#submit}>
        ${this.#passwordField()}
        <p class="fault" role="alert" ?hidden=${form === ''}>${form}</p>
        <button class="button main" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>
          ${this.busy ? html`<span class="spin"></span>` : nothing}${reset.submit}
        </button>
      </form>
      <footer><button class="link" type="button" @click=${this.leave}>${reset.toLogin}</button></footer>`;
  }

  #passwordField(): TemplateResult {
    const { login, reset } = loginStrings();
    return formField({
      id: 'password',
      label: reset.password,
      type: this.shown ? 'text' : 'password',
      autocomplete: 'new-password',
      value: this.password,
      hint: reset.hint,
      fault: this.faults.password ?? '',
      typed: (password) => {
        this.password = password;
        this.faults = {};
      },
      beside: html`<button
        class="link"
        type="button"
        @click=${() => {
          this.shown = !this.shown;
        }}
      >
        ${this.shown ? login.hidePassword : login.showPassword}
      </button>`,
      below: html`<password-rules .password=${this.password} .username=${null}></password-rules>`,
    });
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.busy) return;
    const { login, rules } = loginStrings();
    if (this.password === '') this.#refuse({ password: login.needPassword });
    // Only the server knows whose password it is, and so whether it contains the name.
    else if (ruleResults(this.password, null).some(([, met]) => !met))
      this.#refuse({ password: rules.missing });
    else void this.#send();
  };

  async #send(): Promise<void> {
    this.busy = true;
    this.faults = {};
    try {
      await this.reset(this.password);
    } catch (error) {
      this.#refuse(resetFaults(error));
    } finally {
      this.busy = false;
    }
  }

  #refuse(faults: ResetFaults): void {
    this.faults = faults;
    this.#focus();
  }

  #focus(): void {
    this.renderRoot.querySelector<HTMLInputElement>('#password')?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'reset-screen': ResetScreen;
  }
}
