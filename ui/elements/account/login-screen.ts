import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { invitationIn } from '../../app/invitation.ts';
import type { SignOutReason } from '../../app/phase.ts';
import { loginStrings } from '../../strings/login-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { loginStyles } from '../../styles/login.ts';
import { faultsOf, refusalOf, type EntryFaults, type EntryField } from './entry-faults.ts';
import { formField } from '../shared/form-field.ts';
import { iconUrl } from '../shared/icon-url.ts';
import './password-rules.ts';
import './server-address.ts';

/** What the user entered to log in or register. */
export interface Entry {
  readonly username: string;
  readonly password: string;
  readonly invite: string;
  /** Whether to stay logged in after this start. Asked only if `asksToRemember`. */
  readonly remember: boolean;
}
type Submit = (entry: Entry) => Promise<void>;

const FIELDS: readonly EntryField[] = ['username', 'password', 'invite'];

/** Logs in or registers. `logIn` and `register` reject with ApiProblem. If no server is chosen yet, it asks for one
 *  first. */
@customElement('login-screen')
export class LoginScreen extends LitElement {
  static override readonly styles = [base, controls, fields, loginStyles];

  @property({ attribute: false }) signOutReason: SignOutReason | null = null;
  @property() knownName = '';
  @property() server = '';
  @property({ type: Boolean }) serverEditable = false;
  /** Shows the form for another server immediately. */
  @property({ type: Boolean }) serverAsked = false;
  @property({ type: Boolean }) asksToRemember = false;
  @property({ attribute: false }) logIn: Submit = () => Promise.resolve();
  @property({ attribute: false }) register: Submit = () => Promise.resolve();
  @state() private registering = false;
  @state() private username = '';
  @state() private password = '';
  @state() private invite = '';
  /** Whether the form asks for an invitation code: the server requires one, or the address holds one. */
  @state() private invited = false;
  @state() private remember = false;
  @state() private shown = false;
  @state() private busy = false;
  @state() private faults: EntryFaults = {};

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.#readInvitation);
    this.#readInvitation();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.#readInvitation);
  }

  override firstUpdated(): void {
    this.username = this.knownName;
    this.#focus(this.knownName === '' ? 'username' : 'password');
    if (this.serverAsked) this.renderRoot.querySelector('server-address')?.edit();
  }

  override updated(changed: PropertyValues<this>): void {
    // A server was chosen, so the name comes next.
    if (changed.has('server') && changed.get('server') !== undefined) this.#focus('username');
  }

  override render(): TemplateResult {
    const { app } = strings();
    const { login, signOutReason } = loginStrings();
    return html`<main>
      <header>
        <img src=${iconUrl} alt="" width="44" height="44" />
        <div>
          <div class="brand">${app}</div>
          <p>${login.lead}</p>
        </div>
      </header>
      ${this.signOutReason !== null ? html`<p class="notice" role="status">${signOutReason[this.signOutReason]}</p>` : nothing}
      ${this.server === '' ? this.#askForServer() : this.#askWho()}
    </main>`;
  }

  #askForServer(): TemplateResult {
    return html`<h1>${loginStrings().login.chooseServer}</h1>
      <server-address editable></server-address>`;
  }

  #askWho(): TemplateResult {
    const { login } = loginStrings();
    const { registering } = this;
    const form = this.faults.form ?? '';
    return html`<h1>${registering ? login.registerTitle : login.title}</h1>
      <form novalidate @submit=${this.#submit}>
        ${this.#nameField()} ${this.#passwordField()}
        ${registering && this.invited ? this.#inviteField() : nothing}
        ${this.asksToRemember ? this.#rememberField() : nothing}
        <p class="fault" role="alert" ?hidden=${form === ''}>${form}</p>
        <button class="button main" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>
          ${this.busy ? html`<span class="spin"></span>` : nothing}
          ${registering ? login.submitRegister : login.submit}
        </button>
      </form>
      ${registering ? html`<p class="hint readable">${login.readable}</p>` : this.#forgot()}
      <footer>
        <button class="link" type="button" @click=${this.#change}>
          ${registering ? login.toLogin : login.toRegister}
        </button>
        <server-address .address=${this.server} .editable=${this.serverEditable}></server-address>
      </footer>`;
  }

  #nameField(): TemplateResult {
    const { login } = loginStrings();
    return formField({
      id: 'username',
      label: login.username,
      autocomplete: 'username',
      value: this.username,
      ...(this.registering && { hint: login.usernameRules }),
      fault: this.faults.username ?? '',
      typed: (username) => {
        this.username = username;
        this.#forgive('username');
      },
    });
  }

  #passwordField(): TemplateResult {
    const { login } = loginStrings();
    return formField({
      id: 'password',
      label: login.password,
      type: this.shown ? 'text' : 'password',
      autocomplete: this.registering ? 'new-password' : 'current-password',
      value: this.password,
      fault: this.faults.password ?? '',
      typed: (password) => {
        this.password = password;
        this.#forgive('password');
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
      ...(this.registering && {
        below: html`<password-rules .password=${this.password} .username=${this.username}></password-rules>`,
      }),
    });
  }

  #inviteField(): TemplateResult {
    const { login } = loginStrings();
    return formField({
      id: 'invite',
      label: login.invite,
      autocomplete: 'off',
      value: this.invite,
      hint: login.inviteHint,
      fault: this.faults.invite ?? '',
      typed: (invite) => {
        this.invite = invite;
        this.#forgive('invite');
      },
    });
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

  #forgot(): TemplateResult {
    const { login } = loginStrings();
    return html`<details>
      <summary class="link">${login.forgot}</summary>
      <p class="hint">${login.forgotHint}</p>
    </details>`;
  }

  readonly #change = (): void => {
    this.registering = !this.registering;
    this.faults = {};
    this.#focus('username');
  };

  readonly #readInvitation = (): void => {
    const code = invitationIn(location);
    if (code === '') return;
    this.invite = code;
    this.invited = true;
    this.registering = true;
  };

  /** Clears the fault of a field that is being edited, and the fault of the form as a whole. */
  #forgive(field: EntryField): void {
    if (this.faults[field] === undefined && this.faults.form === undefined) return;
    const { [field]: _field, form: _form, ...rest } = this.faults;
    this.faults = rest;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.busy) return;
    const { password, remember } = this;
    const entry = { username: this.username.trim(), password, invite: this.invite.trim(), remember };
    const faults = faultsOf(entry, this.registering);
    if (Object.keys(faults).length > 0) void this.#refuse(faults);
    else void this.#send(entry);
  };

  async #send(entry: Entry): Promise<void> {
    const isNew = this.registering;
    this.busy = true;
    this.faults = {};
    try {
      await (isNew ? this.register : this.logIn)(entry);
      // A code works once, so a reload must not offer it again.
      if (isNew && invitationIn(location) !== '') history.replaceState(history.state, '', location.pathname);
    } catch (error) {
      await this.#refuse(refusalOf(error, entry, isNew, this.signOutReason === 'expired'));
    } finally {
      this.busy = false;
    }
  }

  /** Shows the faults and focuses the first field that has one. */
  async #refuse(faults: EntryFaults): Promise<void> {
    this.faults = faults;
    if (faults.invite !== undefined) this.invited = true;
    await this.updateComplete;
    this.#focus(FIELDS.find((field) => faults[field] !== undefined) ?? 'password');
  }

  #focus(field: EntryField): void {
    this.renderRoot.querySelector<HTMLInputElement>(`#${field}`)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'login-screen': LoginScreen;
  }
}
