import { SignalWatcher } from '@lit-labs/signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { App } from '../state/app.ts';
import { directionOf } from '../strings/direction.ts';
import { base } from '../styles/base.ts';
import './chat-screen.ts';
import './login-screen.ts';
import { renderWithin } from './render-within.ts';

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
    this.addEventListener('click', (event) => {
      this.#clicked(event);
    });
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
    return html`<login-screen
      .farewell=${phase.farewell}
      .knownName=${phase.username}
      .server=${app.shell.server.address}
      .serverEditable=${app.shell.server.editable}
      @choose-server=${({ detail }: HTMLElementEventMap['choose-server']) => {
        app.shell.setServer(detail.address);
      }}
      .logIn=${(username: string, password: string) => app.logIn(username, password)}
      .register=${(username: string, password: string, invite: string) => app.register(username, password, invite)}
    ></login-screen>`;
  }

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

  /** In the desktop window a link must not replace the client. */
  #clicked(event: MouseEvent): void {
    if (this.app?.shell.interceptsLinks !== true) return;
    const link = event
      .composedPath()
      .find((target) => target instanceof HTMLAnchorElement && target.target === '_blank');
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    this.app.shell.openLink(link.href);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-app': ParleyApp;
  }
}
