import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { AdminUserPage, AdminUserResource } from '../../../server/protocol/resources/admin.ts';
import { adminHash } from '../../admin/admin-route.ts';
import { browserClock, type Timer } from '../../net/clock.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { whenWords } from './admin-words.ts';
import { Loaded } from './loaded.ts';

const TYPING_MS = 200;

/** What distinguishes a user from others. */
export const userBadges = (user: AdminUserResource, own: boolean): TemplateResult => {
  const { users } = adminStrings();
  return html`${user.role === 'admin' ? html`<span class="badge strong">${users.admin}</span>` : nothing}
  ${user.disabled_at === null ? nothing : html`<span class="badge bad">${users.disabled}</span>`}
  ${own ? html`<span class="badge">${users.you}</span>` : nothing}`;
};

/** All users, by name. */
@customElement('user-directory')
export class UserDirectory extends AdminSection {
  static override readonly styles = [
    ...AdminSection.styles,
    css`
      .name {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s1) var(--s2);
        align-items: center;
      }
      .name a {
        padding-block: var(--s1);
      }
    `,
  ];

  @state() private query = '';
  @state() private address = '';
  #typing: Timer | null = null;
  readonly #page = new Loaded<AdminUserPage>(this, () => this.load((api) => api.users(this.query)));

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#typing?.cancel();
  }

  override render(): TemplateResult {
    const { users } = adminStrings();
    return html`<section class="card">
        <div class="field">
          <label for="prefix">${users.search}</label>
          <input
            id="prefix"
            type="search"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            maxlength="32"
            .value=${this.query}
            @input=${this.#typed}
          />
        </div>
        ${this.#page.render(
          (page) =>
            html`<ul class="rows">
                ${page.users.map((user) => this.#user(user))}
              </ul>
              ${page.users.length === 0 ? html`<p class="hint" role="status">${users.empty}</p>` : nothing}
              ${page.next === null ? nothing : this.moreButton(() => this.#more(page))}`,
        )}
      </section>
      ${this.#unlock()}`;
  }

  #user(user: AdminUserResource): TemplateResult {
    const { users } = adminStrings();
    const own = this.own === user.username;
    const seen = user.last_seen === null ? users.neverSeen : users.lastSeen(whenWords(user.last_seen));
    return html`<li>
      <div class="grow">
        <div class="name">
          <a href=${adminHash('users', user.username)}><bdi>${user.username}</bdi></a
          >${userBadges(user, own)}
        </div>
        <p class="hint">${seen} · ${users.sessions(user.sessions)}</p>
      </div>
    </li>`;
  }

  #unlock(): TemplateResult {
    const { users } = adminStrings();
    return html`<section class="card">
      <p>${users.unlockAddress}</p>
      <form class="bar" @submit=${this.#unlocks}>
        <div class="field">
          <label for="address">${users.address}</label>
          <input
            id="address"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            maxlength="64"
            required
            .value=${this.address}
            @input=${(event: InputEvent) => {
              this.address = (event.target as HTMLInputElement).value;
            }}
          />
        </div>
        <button class="button" type="submit">${users.unlockAct}</button>
      </form>
    </section>`;
  }

  readonly #typed = (event: InputEvent): void => {
    this.query = (event.target as HTMLInputElement).value.trim();
    this.#typing?.cancel();
    this.#typing = browserClock.after(TYPING_MS, () => void this.#page.reload());
  };

  readonly #unlocks = (event: SubmitEvent): void => {
    event.preventDefault();
    const target = this.address.trim();
    if (target === '') return;
    void this.act((api) => api.unlock(target), adminStrings().users.unlocked);
  };

  async #more(page: AdminUserPage): Promise<void> {
    const { query } = this;
    const found = await this.act((api) => api.users(query, page.next ?? undefined), null);
    if (found === undefined || query !== this.query) return;
    const { users, next } = found.value;
    this.#page.set({ users: [...page.users, ...users], next });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'user-directory': UserDirectory;
  }
}
