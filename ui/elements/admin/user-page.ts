import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type {
  AdminSessionResource,
  AdminUserDetails,
  AdminUserResource,
  ResetCode,
} from '../../../server/protocol/resources/admin.ts';
import type { UserAction } from '../../admin/admin-api.ts';
import { adminHash } from '../../admin/admin-route.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { deviceName } from '../shared/device-name.ts';
import { AdminSection } from './admin-section.ts';
import { timeWords, whenWords } from './admin-words.ts';
import { facts, type Fact } from './facts.ts';
import { Loaded } from './loaded.ts';
import './secret-link.ts';
import { userBadges } from './user-directory.ts';

/** One user: who they are, where they are logged in, and what can be done. */
@customElement('user-page')
export class UserPage extends AdminSection {
  static override readonly styles = [
    ...AdminSection.styles,
    css`
      .who {
        font-size: var(--large);
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        align-items: center;
      }
    `,
  ];

  @property() username = '';
  @state() private code: ResetCode | null = null;
  readonly #details = new Loaded<AdminUserDetails>(this, () => this.load((api) => api.user(this.username)));

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('username') || changed.get('username') === undefined) return;
    this.code = null;
    void this.#details.reload();
  }

  override render(): TemplateResult {
    const { users } = adminStrings();
    return html`<p><a href=${adminHash('users')}>${users.all}</a></p>
      ${this.#details.render(({ user, sessions }) => html`${this.#facts(user)} ${this.#sessions(sessions)}`)}`;
  }

  #facts(user: AdminUserResource): TemplateResult {
    const { users, never } = adminStrings();
    const own = user.username === this.own;
    const state =
      user.disabled_at === null ? users.states.active : users.states.disabled(timeWords(user.disabled_at));
    const seen = user.last_seen === null ? never : timeWords(user.last_seen);
    const lines: readonly Fact[] = [
      [users.role, users.roles[user.role]],
      [users.state, state],
      [users.seen, seen],
      [users.created, timeWords(user.created_at)],
    ];
    return html`<section class="card">
      <div class="head">
        <h2 class="who"><bdi>${user.username}</bdi></h2>
        ${userBadges(user, own)}
      </div>
      ${facts(lines)}
      <p class="hint">${users.id}: <span class="code">${user.id}</span></p>
      ${own ? html`<p class="hint">${users.own}</p>` : nothing}
      <h2>${users.actions}</h2>
      <div class="acts">${this.#actions(user, own)}</div>
      ${this.code === null ? nothing : this.#link(this.code)}
    </section>`;
  }

  #actions({ username: name, role, disabled_at }: AdminUserResource, own: boolean): TemplateResult {
    const { users } = adminStrings();
    const shared = html`${this.#button(users.reset, () => this.#reset(name))}
    ${this.#button(users.unlock, () => this.act((api) => api.unlock(name), users.unlocked))}
    ${this.#button(users.endAll, () =>
      this.#ask(users.endAll, users.endAllText(name), (api) => api.endSessions(name), users.endedAll),
    )}`;
    if (own) return shared;
    return html`${shared}
    ${
      role === 'admin'
        ? this.#button(users.demote, () => this.#change('demote', users.demoted(name)))
        : this.#button(users.promote, () =>
            this.#change('promote', users.promoted(name), [users.promote, users.promoteText(name)]),
          )
    }
    ${
      disabled_at === null
        ? this.#button(
            users.disable,
            () => this.#change('disable', users.disabledNow(name), [users.disable, users.disableText(name)]),
            'danger',
          )
        : this.#button(users.enable, () => this.#change('enable', users.enabled(name)))
    }
    ${this.#button(users.delete, () => this.#delete(name), 'danger')}`;
  }

  #button(label: string, run: () => Promise<unknown>, kind = ''): TemplateResult {
    return html`<button class="button ${kind}" type="button" @click=${() => void run()}>${label}</button>`;
  }

  #link({ code, expires_at }: ResetCode): TemplateResult {
    return html`<secret-link
      .href=${`${this.app?.shell.server.address ?? ''}/#/reset/${code}`}
      .text=${adminStrings().users.resetDone(timeWords(expires_at))}
      .copy=${this.copy}
    ></secret-link>`;
  }

  #sessions(sessions: readonly AdminSessionResource[]): TemplateResult {
    const { users } = adminStrings();
    return html`<section class="card">
      <h2>${users.sessionsTitle}</h2>
      ${
        sessions.length === 0
          ? html`<p class="hint">${users.noSessions}</p>`
          : html`<ul class="rows">
              ${sessions.map((session) => this.#session(session))}
            </ul>`
      }
    </section>`;
  }

  #session(session: AdminSessionResource): TemplateResult {
    const { users } = adminStrings();
    const name = deviceName(session.user_agent, users.unknownDevice);
    const when = session.connected ? users.connected : users.active(whenWords(session.last_activity));
    return html`<li>
      <div class="grow">
        <b>${name}</b>
        <p class="hint"><bdi>${session.ip_address}</bdi> · ${when}</p>
      </div>
      <button
        class="button"
        type="button"
        aria-label=${users.endAria(name)}
        @click=${() =>
          void this.#then(this.act((api) => api.endSession(this.username, session.id), users.ended))}
      >
        ${users.end}
      </button>
    </li>`;
  }

  /** Asks first if there is a question: its title and its text. */
  async #change(
    action: UserAction,
    done: string,
    question?: readonly [title: string, text: string],
  ): Promise<void> {
    const { username } = this;
    const [title = '', text = ''] = question ?? [];
    if (question !== undefined && !(await this.#isSure(title, text, title, action === 'disable'))) return;
    await this.#then(this.act((api) => api.change(username, action), done));
  }

  async #ask(title: string, text: string, work: Parameters<UserPage['act']>[0], done: string): Promise<void> {
    if (await this.#isSure(title, text, title)) await this.#then(this.act(work, done));
  }

  async #reset(name: string): Promise<void> {
    const { users } = adminStrings();
    if (!(await this.#isSure(users.reset, users.resetText(name), users.resetAct, false))) return;
    const made = await this.act((api) => api.resetPassword(name), users.resetMade);
    if (made !== undefined && name === this.username) this.code = made.value;
  }

  async #delete(name: string): Promise<void> {
    const { users } = adminStrings();
    if (!(await this.#isSure(users.deleteTitle(name), users.deleteText(name), users.delete))) return;
    const done = await this.act((api) => api.deleteUser(name), users.deleted(name));
    if (done !== undefined && name === this.username) location.replace(adminHash('users'));
  }

  async #then(work: Promise<unknown>): Promise<void> {
    await work;
    await this.#details.reload();
  }

  async #isSure(title: string, text: string, act: string, isDanger = true): Promise<boolean> {
    return (await this.app?.confirm({ title, text, act, isDanger })) ?? false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'user-page': UserPage;
  }
}
