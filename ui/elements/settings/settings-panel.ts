import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { RELEASE } from '../../../server/protocol/release.ts';
import type { BlockedList } from '../../account/blocked-people.ts';
import type { ProfileEditor, ProfileForm } from '../../account/profile-editor.ts';
import type { Preferences } from '../../account/preferences.ts';
import type { PushChoice } from '../../account/push-switch.ts';
import type { SessionList } from '../../account/sessions.ts';
import { loginStrings } from '../../strings/login-strings.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { settingsStyles } from '../../styles/settings.ts';
import { touch } from '../shared/window-focus.ts';
import { emit } from '../shared/emit.ts';
import { backIcon } from '../shared/icons.ts';
import '../account/log-out.ts';
import '../account/secret-form.ts';
import { modifierName } from '../shared/shortcuts.ts';
import '../account/session-list.ts';
import './export-data.ts';
import './blocked-list.ts';
import './install-row.ts';
import './profile-form.ts';
import './push-settings.ts';

type Choice = 'theme' | 'textSize' | 'language' | 'sendKey';

/** The settings. Actions on the account are passed in as functions. */
@customElement('settings-panel')
export class SettingsPanel extends LitElement {
  static override readonly styles = [base, controls, fields, settingsStyles];

  @property() userId = '';
  @property() username = '';
  @property({ attribute: false }) profile: ProfileForm | null = null;
  @property({ attribute: false }) profileEditor: ProfileEditor | null = null;
  @property() server = '';
  @property({ attribute: false }) preferences: Preferences | null = null;
  @property({ attribute: false }) notifications: 'granted' | 'denied' | 'default' | 'unsupported' = 'default';
  @property({ attribute: false }) blocked: BlockedList | null = null;
  @property({ attribute: false }) loadBlocked: () => void = () => undefined;
  @property({ attribute: false }) unblock: (userId: string) => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) push: PushChoice | null = null;
  @property({ attribute: false }) turnPush: (on: boolean) => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) showTextInPush: (show: boolean) => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) sessions: SessionList | null = null;
  /** For the desktop window only; null elsewhere, and if there is nothing to choose. */
  @property({ attribute: false }) remembered: boolean | null = null;
  @property({ attribute: false }) tray: boolean | null = null;
  @property({ type: Number }) unsent = 0;
  @property({ type: Number }) drafts = 0;
  @property({ attribute: false }) recount: () => void = () => undefined;
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) endSession: (id: string) => void = () => undefined;
  @property({ attribute: false }) loadSessions: () => void = () => undefined;
  @property({ attribute: false }) askVersion: () => Promise<string | null> = () => Promise.resolve(null);
  /** Whether there is an admin page for this user, in this window. */
  @property({ attribute: false }) askAdmin: () => Promise<boolean> = () => Promise.resolve(false);
  @property({ attribute: false }) allowNotifications: () => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) changePassword: (current: string, next: string) => Promise<void> = () =>
    Promise.resolve();
  @property({ attribute: false }) exportData: () => Promise<void> = () => Promise.resolve();
  /** Whether a file is saved by another program than the one that shows this. */
  @property({ attribute: false }) exportElsewhere = false;
  @property({ attribute: false }) deleteAccount: (password: string) => Promise<void> = () =>
    Promise.resolve();
  @property({ attribute: false }) logOut: () => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) rememberMe: (wanted: boolean) => void = () => undefined;
  @property({ attribute: false }) keepInTray: (wanted: boolean) => Promise<void> = () => Promise.resolve();
  /** Resolves when the properties are those of now; what is chosen here reaches them by way of the screen. */
  @property({ attribute: false }) rendered: () => Promise<unknown> = () => Promise.resolve();

  /** The version of the server; null until it is known, and while the server can't be reached. */
  @state() private serverVersion: string | null = null;
  @state() private admin = false;

  /** The boxes whose choice is on its way, by label. They show the choice until it is known what became of it. */
  readonly #chosen = new Map<string, { readonly checked: boolean }>();

  override firstUpdated(): void {
    this.loadSessions();
    this.loadBlocked();
    void this.askVersion().then((version) => {
      this.serverVersion = version;
    });
    void this.askAdmin().then((admin) => {
      this.admin = admin;
    });
    this.renderRoot.querySelector<HTMLElement>('.title')?.focus();
  }

  override render(): TemplateResult {
    const { back } = strings();
    const { settings, ownData } = settingsStrings();
    return html`<header>
        <button
          class="icon"
          type="button"
          aria-label=${back}
          @click=${() => {
            emit(this, 'leave-chat');
          }}
        >
          ${backIcon}
        </button>
        <h2 class="title" tabindex="-1">${settings.title}</h2>
      </header>
      <div class="sections">
        ${this.#profileSection()} ${this.#account()} ${this.#appearance()} ${this.#writing()}
        ${this.#notifications()} ${this.#window()}
        <section>
          <h3>${manageStrings().block.title}</h3>
          <blocked-list
            .list=${this.blocked}
            .unblock=${this.unblock}
            .retry=${this.loadBlocked}
          ></blocked-list>
        </section>
        <section>
          <h3>${settings.sessions}</h3>
          <session-list
            .list=${this.sessions}
            .now=${this.now}
            .end=${this.endSession}
            .retry=${this.loadSessions}
          ></session-list>
        </section>
        <section>
          <h3>${settings.password}</h3>
          <secret-form purpose="change" .username=${this.username} .act=${this.changePassword}></secret-form>
        </section>
        <section>
          <h3>${ownData.title}</h3>
          <export-data .download=${this.exportData} .elsewhere=${this.exportElsewhere}></export-data>
        </section>
        <section>
          <h3>${settings.delete}</h3>
          <p>${settings.deleteExplain}</p>
          <secret-form purpose="delete" .username=${this.username} .act=${this.deleteAccount}></secret-form>
        </section>
        <section>
          <h3>${settings.about}</h3>
          <a href="./third-party-notices.txt" target="_blank" rel="noopener noreferrer"
            >${settings.notices}</a
          >
        </section>
      </div>`;
  }

  #profileSection(): TemplateResult {
    return html`<section>
      <h3>${settingsStrings().profile.title}</h3>
      <profile-form
        .userId=${this.userId}
        .username=${this.username}
        .form=${this.profile}
        .editor=${this.profileEditor}
      ></profile-form>
    </section>`;
  }

  #account(): TemplateResult {
    const { settings } = settingsStrings();
    return html`<section>
      <h3>${settings.account}</h3>
      <p>${settings.loggedInAs(this.username)}</p>
      <p class="hint">${settings.server}: <bdi>${this.server}</bdi></p>
      <p class="hint">${settings.appVersion(RELEASE)}</p>
      ${
        this.serverVersion === null
          ? nothing
          : html`<p class="hint">${settings.serverVersion(this.serverVersion)}</p>`
      }
      ${this.admin ? html`<a href="./admin">${settings.admin}</a>` : nothing}
      <install-row></install-row>
      <log-out
        .unsent=${this.unsent}
        .drafts=${this.drafts}
        .recount=${this.recount}
        .run=${this.logOut}
      ></log-out>
    </section>`;
  }

  #appearance(): TemplateResult {
    const { settings } = settingsStrings();
    const languages = { system: settings.languageSystem, en: 'English', de: 'Deutsch' };
    return html`<section>
      <h3>${settings.appearance}</h3>
      ${this.#choice('theme', settings.theme, settings.themes)}
      ${this.#choice('textSize', settings.textSize, settings.textSizes)}
      ${this.#choice('language', settings.language, languages)}
      ${this.#check('formatting', settings.formatting)}
      <p class="hint">${settings.formattingHint}</p>
    </section>`;
  }

  /** On a touch screen Enter breaks the line and the button sends, so there is nothing to choose. */
  #writing(): TemplateResult | typeof nothing {
    if (touch()) return nothing;
    const { settings } = settingsStrings();
    const { enter, modifier } = settings.sendKeys;
    return html`<section>
      <h3>${settings.writing}</h3>
      ${this.#choice('sendKey', settings.sendKey, { enter, modifier: modifier(modifierName()) })}
      <button
        class="button"
        type="button"
        @click=${() => {
          emit(this, 'open-panel', { panel: 'keys' });
        }}
      >
        ${settings.keys}
      </button>
    </section>`;
  }

  #choice(name: Choice, label: string, options: Readonly<Record<string, string>>): TemplateResult {
    const value = this.preferences?.[name] ?? '';
    return html`<fieldset>
      <legend>${label}</legend>
      <div class="options">
        ${Object.entries(options).map(
          ([option, text]) =>
            html`<label class="option"
              ><input
                type="radio"
                name=${name}
                .checked=${option === value}
                @change=${() => {
                  emit(this, 'prefer', { [name]: option });
                }}
              /><span>${text}</span></label
            >`,
        )}
      </div>
    </fieldset>`;
  }

  #notifications(): TemplateResult {
    const { settings } = settingsStrings();
    return html`<section>
      <h3>${settings.notifications}</h3>
      ${this.#box(
        settings.notify,
        (this.preferences?.notify ?? false) && this.notifications === 'granted',
        (checked) => {
          const asked = checked && this.notifications === 'default' ? this.allowNotifications() : undefined;
          emit(this, 'prefer', { notify: checked });
          return asked;
        },
        this.notifications === 'denied' || this.notifications === 'unsupported',
      )}
      ${this.#check('preview', settings.preview)}
      ${
        this.notifications === 'default'
          ? html`<button
              class="button"
              type="button"
              @click=${() => {
                void this.allowNotifications();
                emit(this, 'prefer', { notify: true });
              }}
            >
              ${settings.allow}
            </button>`
          : nothing
      }
      ${this.notifications === 'denied' ? html`<p class="notice">${settings.denied}</p>` : nothing}
      ${this.notifications === 'unsupported' && this.push === null ? html`<p class="hint">${settings.unsupported}</p>` : nothing}
      <push-settings
        .choice=${this.push}
        .turn=${this.turnPush}
        .setShowText=${this.showTextInPush}
      ></push-settings>
    </section>`;
  }

  #window(): TemplateResult | typeof nothing {
    const { remembered, tray } = this;
    if (remembered === null && tray === null) return nothing;
    const { settings } = settingsStrings();
    const { login } = loginStrings();
    return html`<section>
      <h3>${settings.window}</h3>
      ${remembered === null ? nothing : this.#box(login.remember, remembered, this.rememberMe)}
      ${remembered === null ? nothing : html`<p class="hint">${login.rememberHint}</p>`}
      ${tray === null ? nothing : this.#box(settings.tray, tray, this.keepInTray)}
      ${tray === null ? nothing : html`<p class="hint">${settings.trayHint}</p>`}
    </section>`;
  }

  #check(name: 'preview' | 'formatting', label: string): TemplateResult {
    return this.#box(label, this.preferences?.[name] ?? false, (checked) => {
      emit(this, 'prefer', { [name]: checked });
    });
  }

  #box(
    label: string,
    checked: boolean,
    change: (checked: boolean) => void | Promise<void>,
    disabled = false,
  ): TemplateResult {
    return html`<label class="check"
      ><input
        type="checkbox"
        .checked=${live(this.#chosen.get(label)?.checked ?? checked)}
        ?disabled=${disabled}
        @change=${(event: Event) => {
          void this.#choose(label, (event.target as HTMLInputElement).checked, change);
        }}
      /><span>${label}</span></label
    >`;
  }

  async #choose(
    label: string,
    checked: boolean,
    change: (checked: boolean) => void | Promise<void>,
  ): Promise<void> {
    const choice = { checked };
    this.#chosen.set(label, choice);
    await change(checked);
    await this.rendered();
    if (this.#chosen.get(label) !== choice) return;
    this.#chosen.delete(label);
    // Render again, because the choice may not have taken effect.
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-panel': SettingsPanel;
  }
}
