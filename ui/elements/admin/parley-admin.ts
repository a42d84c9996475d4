import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { AdminApp, AdminPhase } from '../../admin/admin-app.ts';
import { adminHash, SECTIONS, type AdminRoute } from '../../admin/admin-route.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { strings } from '../../strings/strings.ts';
import { adminFrame } from '../../styles/admin-frame.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import type { Entry } from '../account/login-screen.ts';
import { iconUrl } from '../shared/icon-url.ts';
import { renderWithin } from '../shared/render-within.ts';
import { adminProblem } from './admin-words.ts';
import './audit-log.ts';
import './backup-list.ts';
import './confirm-dialog.ts';
import './invite-manager.ts';
import './live-inspector.ts';
import './server-overview.ts';
import './setting-list.ts';
import './user-directory.ts';
import './user-page.ts';

type Section = (app: AdminApp, route: AdminRoute) => TemplateResult;

const SHOWN: Readonly<Record<AdminRoute['section'], Section>> = {
  overview: (app) => html`<server-overview .app=${app}></server-overview>`,
  inspector: (app) => html`<live-inspector .app=${app}></live-inspector>`,
  users: (app, { user }) =>
    user === null
      ? html`<user-directory .app=${app}></user-directory>`
      : html`<user-page .app=${app} .username=${user}></user-page>`,
  invites: (app) => html`<invite-manager .app=${app}></invite-manager>`,
  backups: (app) => html`<backup-list .app=${app}></backup-list>`,
  settings: (app) => html`<setting-list .app=${app}></setting-list>`,
  audit: (app) => html`<audit-log .app=${app}></audit-log>`,
};

/** The root of the admin page: the login, the refusal of whoever is no admin, or the sections. */
@customElement('parley-admin')
export class ParleyAdmin extends SignalWatcher(LitElement) {
  static override readonly styles = [base, controls, adminFrame];

  @state() private app: AdminApp | null = null;
  /** The section that has the focus, as its hash. */
  #focused = '';

  /** To be called once, when the language is known. */
  run(app: AdminApp): void {
    this.app = app;
    app.start();
  }

  override render(): TemplateResult | typeof nothing {
    const { app } = this;
    if (app === null) return nothing;
    this.#dress(app);
    const phase = app.phase.get();
    const { title } = adminStrings();
    app.shell.setTitle(`${title} · ${strings().app}`);
    switch (phase.name) {
      case 'starting':
        return nothing;
      case 'signedOut':
        return this.#login(app, phase);
      case 'refused':
        return this.#refusal(app, phase.username);
      case 'failed':
        return this.#failure(app, adminProblem(phase.problem));
      case 'ready':
        return this.#page(app);
    }
  }

  override updated(): void {
    const { app } = this;
    if (app?.phase.get().name !== 'ready') {
      this.#focused = '';
      return;
    }
    const { section, user } = app.route.get();
    const hash = adminHash(section, user ?? undefined);
    const before = this.#focused;
    if (before === hash) return;
    this.#focused = hash;
    this.renderRoot
      .querySelector('nav [aria-current]')
      ?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
    // Not at the first one, which the user has not chosen.
    if (before !== '') this.renderRoot.querySelector<HTMLElement>('h1')?.focus();
  }

  #login(app: AdminApp, phase: Extract<AdminPhase, { name: 'signedOut' }>): TemplateResult {
    void import('../account/login-screen.ts');
    return html`<login-screen
      .signOutReason=${phase.reason}
      .knownName=${phase.username}
      .server=${app.shell.server.address}
      .logIn=${({ username, password }: Entry) => app.logIn(username, password)}
      .register=${({ username, password, invite }: Entry) => app.register(username, password, invite)}
    ></login-screen>`;
  }

  #refusal(app: AdminApp, username: string): TemplateResult {
    const { refused, toChat } = adminStrings();
    return html`<main class="alone">
      <h1 tabindex="-1">${refused.title}</h1>
      <p>${refused.text(username)}</p>
      <div class="acts">
        <a class="button main" href="./">${toChat}</a>
        <button class="button" type="button" @click=${() => void app.logOut()}>${refused.other}</button>
      </div>
    </main>`;
  }

  #failure(app: AdminApp, why: string): TemplateResult {
    return html`<main class="alone">
      <h1 tabindex="-1">${adminStrings().failed}</h1>
      <p role="alert">${why}</p>
      <div class="acts">
        <button class="button main" type="button" @click=${() => void app.enter()}>${strings().retry}</button>
      </div>
    </main>`;
  }

  #page(app: AdminApp): TemplateResult {
    const { title, sections, sectionsAria, toChat } = adminStrings();
    const route = app.route.get();
    const told = app.told.get();
    return html`<header>
        <img src=${iconUrl} alt="" width="28" height="28" />
        <p class="brand"><span class="app">${strings().app}</span> ${title}</p>
        <a class="button" href="./">${toChat}</a>
      </header>
      <div class="frame">
        <nav aria-label=${sectionsAria}>
          ${SECTIONS.map(
            (each) =>
              html`<a href=${adminHash(each)} aria-current=${each === route.section ? 'page' : nothing}
                >${sections[each]}</a
              >`,
          )}
        </nav>
        <main>
          <h1 tabindex="-1">${sections[route.section]}</h1>
          <p class="told ${told?.isFault === true ? 'fault' : ''}" role="status" ?hidden=${told === null}>
            ${told?.text ?? ''}
          </p>
          ${SHOWN[route.section](app, route)}
        </main>
      </div>
      <confirm-dialog .question=${app.confirmation.get()}></confirm-dialog>`;
  }

  #dress(app: AdminApp): void {
    const { theme, textSize } = app.preferences.current.get();
    const page = document.documentElement;
    page.dataset['theme'] = theme;
    page.dataset['text'] = textSize;
    const spoken = app.spoken.get();
    if (page.lang === spoken) return;
    page.lang = spoken;
    renderWithin(this.renderRoot);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-admin': ParleyAdmin;
  }
}
