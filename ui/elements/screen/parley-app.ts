import { SignalWatcher } from '@lit-labs/signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Account } from '../../account/account.ts';
import type { App } from '../../app/app.ts';
import { directionOf } from '../../strings/direction.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import type {} from './chat-screen.ts';
import { keepPageOnDrop } from '../conversation/dropped-files.ts';
import type { Entry } from '../account/login-screen.ts';
import type { Missing } from '../shared/load-part.ts';
import '../shared/missing-part.ts';
import { wantFormatting } from '../shared/message-text.ts';
import { renderWithin } from '../shared/render-within.ts';
import { loadScreen, loadScreens, type ScreenName } from './screens.ts';

/** The root element: shows the login, the chat, or the choice of a new password. */
@customElement('parley-app')
export class ParleyApp extends SignalWatcher(LitElement) {
  static override readonly styles = [
    base,
    css`
      :host {
        display: block;
        block-size: 100%;
      }
    `,
  ];

  @state() private app: App | null = null;
  /** Why the wanted screen could not be loaded. */
  @state() private missing: Missing | null = null;
  #wanted: ScreenName | null = null;

  /** To be called once, when the language is known. */
  run(app: App): void {
    this.app = app;
    keepPageOnDrop();
    app.start();
  }

  override render(): TemplateResult | typeof nothing {
    const { app } = this;
    if (app === null) return nothing;
    this.#dress(app);
    const phase = app.phase.get();
    if (phase.name === 'starting') return nothing;
    // Loads the screens, including any that failed to load at the start.
    void loadScreens(phase.name === 'signedIn');
    const isReset = app.resetCode.get() !== '';
    this.#want(isReset ? 'reset' : phase.name === 'signedIn' ? 'chat' : 'login');
    if (this.missing !== null) return this.#instead(this.missing);
    if (isReset) return this.#newPassword(app, phase.name === 'signedIn' ? phase.account : null);
    if (phase.name === 'signedIn')
      return html`<chat-screen .app=${app} .account=${phase.account}></chat-screen>`;
    // The chat sets its own title, which counts unread messages.
    app.shell.setTitle(strings().app);
    return html`<login-screen
      .signOutReason=${phase.reason}
      .knownName=${phase.username}
      .server=${app.shell.server.address}
      .serverEditable=${app.shell.server.editable}
      .serverAsked=${app.shell.server.asked}
      @ask-server=${this.#askForServer}
      @choose-server=${({ detail }: HTMLElementEventMap['choose-server']) => {
        app.shell.setServer(detail.address);
        this.requestUpdate();
      }}
      .asksToRemember=${app.shell.session.choice === 'ask'}
      .logIn=${(entry: Entry) => app.logIn(entry)}
      .register=${(entry: Entry) => app.register(entry)}
    ></login-screen>`;
  }

  #newPassword(app: App, account: Account | null): TemplateResult {
    app.shell.setTitle(strings().app);
    return html`<reset-screen
      .loggedInAs=${account?.me.username ?? ''}
      .unsent=${account?.sync.model.get().pending.length ?? 0}
      .drafts=${account?.draftCount ?? 0}
      .recount=${() => void account?.followTabs()}
      .logOut=${() => app.logOut()}
      .reset=${(password: string) => app.resetPassword(password)}
      .leave=${() => {
        app.forgetResetCode();
      }}
    ></reset-screen>`;
  }

  #want(screen: ScreenName): void {
    if (this.#wanted === screen) return;
    this.#wanted = screen;
    void loadScreen(screen).then((missing) => {
      if (this.#wanted === screen) this.missing = missing;
    });
  }

  #instead(reason: Missing): TemplateResult {
    return html`<missing-part
      .reason=${reason}
      .retry=${() => {
        this.#wanted = null;
        this.missing = null;
      }}
      .reload=${() => {
        location.reload();
      }}
    ></missing-part>`;
  }

  readonly #askForServer = ({ detail }: HTMLElementEventMap['ask-server']): void => {
    if (this.app?.shell.askForServer() === true) detail.edit();
  };

  #dress(app: App): void {
    const { theme, textSize, formatting } = app.preferences.current.get();
    const page = document.documentElement;
    page.dataset['theme'] = theme;
    page.dataset['text'] = textSize;
    const spoken = app.spoken.get();
    const isOtherText = wantFormatting(formatting);
    if (page.lang === spoken && !isOtherText) return;
    page.lang = spoken;
    page.dir = directionOf(spoken);
    renderWithin(this.renderRoot);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-app': ParleyApp;
  }
}
