import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { usernameFault } from '../../server/protocol/fields.ts';
import { ApiProblem } from '../net/problem.ts';
import type { Farewell } from '../state/app.ts';
import { loginStrings } from '../strings/login-strings.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { loginStyles } from '../styles/login.ts';
import { iconUrl } from './icon-url.ts';
import './password-rules.ts';
import { refusalWords, ruleResults } from './password-rules.ts';
import './server-address.ts';
import { problemWords } from './words.ts';

/** What somebody entered to get in. */
export interface Entry {
  readonly username: string;
  readonly password: string;
  readonly invite: string;
  /** Stay logged in beyond this start; asked for only where `asksToRemember`. */
  readonly remember: boolean;
}
type Submit = (entry: Entry) => Promise<void>;

/** The door: log in or register. `logIn` and `register` reject with ApiProblem. Without a server it asks for one first. */
@customElement('login-screen')
export class LoginScreen extends LitElement {
  static override readonly styles = [base, controls, loginStyles];

  @property({ attribute: false }) farewell: Farewell | null = null;
  @property() knownName = '';
  @property() server = '';
  @property({ type: Boolean }) serverEditable = false;
  /** The form for another server is wanted at once. */
  @property({ type: Boolean }) serverAsked = false;
  @property({ type: Boolean }) asksToRemember = false;
  @property({ attribute: false }) logIn: Submit = () => Promise.resolve();
  @property({ attribute: false }) register: Submit = () => Promise.resolve();
  @state() private registering = false;
  @state() private username = '';
  @state() private password = '';
  @state() private invite = '';
  @state() private remember = false;
  @state() private shown = false;
  @state() private busy = false;
  @state() private fault = '';
  @query('#username') private readonly nameField!: HTMLInputElement | null;
  @query('#password') private readonly passwordField!: HTMLInputElement | null;

  override firstUpdated(): void {
    this.username = this.knownName;
    (this.knownName === '' ? this.nameField : this.passwordField)?.focus();
    if (this.serverAsked) this.renderRoot.querySelector('server-address')?.edit();
  }

  override updated(changed: PropertyValues<this>): void {
    // A server was chosen: what comes next is the name.
    if (changed.has('server') && changed.get('server') !== undefined) this.nameField?.focus();
  }

  override render(): TemplateResult {
    const { app } = strings();
    const { login, farewell } = loginStrings();
    return html`<main>
      <header>
        <img src=${iconUrl} alt="" width="44" height="44" />
        <div>
          <div class="brand">${app}</div>
          <p>${login.lead}</p>
        </div>
      </header>
      ${this.farewell !== null ? html`<p class="notice" role="status">${farewell[this.farewell]}</p>` : nothing}
      ${this.server === '' ? this.#askForServer() : this.#askWho()}
    </main>`;
  }

  #askForServer(): TemplateResult {
    return html`<h1>${loginStrings().login.chooseServer}</h1>
      <server-address editable></server-address>`;
  }

  #askWho(): TemplateResult {
    const { login } = loginStrings();
    return html`<h1>${this.registering ? login.registerTitle : login.title}</h1>
      <form novalidate @submit=${this.#submit}>
        ${this.#nameField()} ${this.#passwordField()} ${this.registering ? this.#inviteField() : nothing}
        ${this.asksToRemember ? this.#rememberField() : nothing}
        <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
        <button class="button main" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>
          ${this.busy ? html`<span class="spin"></span>` : nothing}
          ${this.registering ? login.submitRegister : login.submit}
        </button>
      </form>
      <footer>
        <button class="link" type="button" @click=${this.#change}>
          ${this.registering ? login.toLogin : login.toRegister}
        </button>
        <server-address .address=${this.server} .editable=${this.serverEditable}></server-address>
      </footer>`;
  }

  #nameField(): TemplateResult {
    const { login } = loginStrings();
    return html`<div class="field">
      <label for="username">${login.username}</label>
      <input
        id="username"
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        dir="auto"
        required
        aria-describedby=${this.registering ? 'name-rules' : nothing}
        .value=${this.username}
        @input=${(event: InputEvent) => {
          this.username = (event.target as HTMLInputElement).value;
        }}
      />
      ${this.registering ? html`<p class="hint" id="name-rules">${login.usernameRules}</p>` : nothing}
    </div>`;
  }

  #passwordField(): TemplateResult {
    const { login } = loginStrings();
    return html`<div class="field">
      <div class="field-head">
        <label for="password">${login.password}</label>
        <button
          class="link"
          type="button"
          @click=${() => {
            this.shown = !this.shown;
          }}
        >
          ${this.shown ? login.hidePassword : login.showPassword}
        </button>
      </div>
      <input
        id="password"
        name="password"
        type=${this.shown ? 'text' : 'password'}
        autocomplete=${this.registering ? 'new-password' : 'current-password'}
        required
        .value=${this.password}
        @input=${(event: InputEvent) => {
          this.password = (event.target as HTMLInputElement).value;
        }}
      />
      ${
        this.registering
          ? html`<password-rules .password=${this.password} .username=${this.username}></password-rules>`
          : nothing
      }
    </div>`;
  }

  #inviteField(): TemplateResult {
    const { login } = loginStrings();
    return html`<div class="field">
      <label for="invite">${login.invite}</label>
      <input
        id="invite"
        name="invite"
        autocomplete="off"
        spellcheck="false"
        aria-describedby="invite-hint"
        .value=${this.invite}
        @input=${(event: InputEvent) => {
          this.invite = (event.target as HTMLInputElement).value;
        }}
      />
      <p class="hint" id="invite-hint">${login.inviteHint}</p>
    </div>`;
  }

  #rememberField(): TemplateResult {
    const { login } = loginStrings();
    return html`<div class="field">
      <label class="check"
        ><input
          type="checkbox"
          name="remember"
          aria-describedby="remember-hint"
          .checked=${this.remember}
          @change=${(event: Event) => {
            this.remember = (event.target as HTMLInputElement).checked;
          }}
        /><span>${login.remember}</span></label
      >
      <p class="hint" id="remember-hint">${login.rememberHint}</p>
    </div>`;
  }

  readonly #change = (): void => {
    this.registering = !this.registering;
    this.fault = '';
    this.nameField?.focus();
  };

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.busy) return;
    const { login } = loginStrings();
    const name = this.username.trim();
    if (name === '') this.#refuse(login.needUsername, this.nameField);
    else if (this.registering && usernameFault(name) !== null)
      this.#refuse(login.usernameRules, this.nameField);
    else if (this.password === '') this.#refuse(login.needPassword, this.passwordField);
    else if (this.registering && ruleResults(this.password, name).some(([, met]) => !met)) {
      this.#refuse(loginStrings().rules.missing, this.passwordField);
    } else void this.#send(name);
  };

  async #send(name: string): Promise<void> {
    this.busy = true;
    this.fault = '';
    try {
      const { password, remember } = this;
      const entry = { username: name, password, invite: this.invite.trim(), remember };
      await (this.registering ? this.register : this.logIn)(entry);
    } catch (error) {
      this.#refuse(this.#explain(error), this.passwordField);
    } finally {
      this.busy = false;
    }
  }

  #refuse(fault: string, field: HTMLInputElement | null): void {
    this.fault = fault;
    field?.focus();
  }

  #explain(error: unknown): string {
    const { login } = loginStrings();
    if (!(error instanceof ApiProblem)) return problemWords('internal');
    if (error.code === 'too_many_requests')
      return login.waitMinutes(Math.ceil((error.retryAfterS ?? 60) / 60));
    if (this.registering && error.code === 'conflict') return login.taken;
    if (this.registering && error.code === 'forbidden') return login.closed;
    if (error.code === 'bad_request' && this.registering) return refusalWords(error);
    if (error.code === 'unauthorized' || error.code === 'bad_request') return login.wrong;
    return problemWords(error.code);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'login-screen': LoginScreen;
  }
}
