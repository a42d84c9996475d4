import { SignalWatcher } from '@lit-labs/signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { App } from '../state/app.ts';
import { directionOf } from '../strings/direction.ts';
import { base } from '../styles/base.ts';
import type {} from './chat-screen.ts';
import type { Entry } from './login-screen.ts';
import { renderWithin } from './render-within.ts';
import { loadScreens } from './screens.ts';

/** The whole client: the door or the chat. */
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

  /** Called once, when the language is known. */
  run(app: App): void {
    this.app = app;
    app.start();
  }

  override render(): TemplateResult | typeof nothing {
    const { app } = this;
    if (app === null) return nothing;
    this.#dress(app);
    const phase = app.phase.get();
    if (phase.name === 'starting') return nothing;
    if (phase.name === 'signedIn')
      return html`<chat-screen .app=${app} .account=${phase.account}></chat-screen>`;
    void loadScreens(false);
    return html`<login-screen
      .farewell=${phase.farewell}
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

  readonly #askForServer = ({ detail }: HTMLElementEventMap['ask-server']): void => {
    if (this.app?.shell.askForServer() === true) detail.edit();
  };

  #dress(app: App): void {
    const { theme, textSize } = app.preferences.current.get();
    const page = document.documentElement;
    page.dataset['theme'] = theme;
    page.dataset['text'] = textSize;
    const spoken = app.spoken.get();
    if (page.lang === spoken) return;
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
