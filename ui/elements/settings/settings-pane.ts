import { html, type TemplateResult } from 'lit';
import { Sessions } from '../../account/sessions.ts';
import { strings } from '../../strings/strings.ts';
import type { Pane, PaneHost } from '../screen/pane.ts';
import './settings-panel.ts';

/** The settings, and the actions of their buttons. */
export class SettingsPane implements Pane {
  readonly #host: PaneHost;
  readonly #sessions: Sessions;

  constructor(host: PaneHost) {
    this.#host = host;
    this.#sessions = new Sessions(host.screen.account.api);
  }

  render(): TemplateResult {
    const { screen, notifications } = this.#host;
    const { account, app } = screen;
    const { session, closing } = app.shell;
    const preferences = app.preferences.current.get();
    return html`<settings-panel
      .username=${account.me.username}
      .server=${app.shell.server.address}
      .preferences=${preferences}
      .notifications=${app.shell.notificationState()}
      .sessions=${this.#sessions.list.get()}
      .unsent=${account.sync.model.get().pending.length}
      .drafts=${account.drafts.texts.get().size}
      .recount=${this.#recount}
      .now=${screen.now}
      .endSession=${this.#endSession}
      .loadSessions=${this.#loadSessions}
      .askVersion=${this.#askVersion}
      .askAdmin=${this.#askAdmin}
      .allowNotifications=${notifications.allow}
      .changePassword=${this.#changePassword}
      .deleteAccount=${this.#deleteAccount}
      .logOut=${this.#logOut}
      .remembered=${session.choice === 'ask' ? session.remembers() : null}
      .tray=${closing === null ? null : preferences.tray}
      .rememberMe=${this.#rememberMe}
      .keepInTray=${this.#keepInTray}
      .rendered=${this.#rendered}
    ></settings-panel>`;
  }

  readonly #recount = (): void => void this.#host.screen.account.followTabs();
  readonly #endSession = (id: string): void => void this.#sessions.end(id);
  readonly #loadSessions = (): void => void this.#sessions.load();
  readonly #askVersion = (): Promise<string | null> => this.#host.screen.app.api.version().catch(() => null);
  /** The desktop window shows no page of the server. */
  readonly #askAdmin = async (): Promise<boolean> => {
    const { account, app } = this.#host.screen;
    if (app.shell.server.editable) return false;
    return (await account.api.me().catch(() => null))?.role === 'admin';
  };
  /** Changing the password ends the other sessions, so the list is loaded again. */
  readonly #changePassword = async (current: string, next: string): Promise<void> => {
    await this.#host.screen.account.api.changePassword(current, next);
    void this.#sessions.load();
  };
  readonly #deleteAccount = (password: string): Promise<void> =>
    this.#host.screen.app.deleteAccount(password);
  readonly #logOut = (): Promise<void> => this.#host.screen.app.logOut();
  readonly #rememberMe = (wanted: boolean): void => {
    this.#host.screen.app.shell.session.remember(wanted);
  };
  readonly #keepInTray = async (wanted: boolean): Promise<void> => {
    const { screen, toast } = this.#host;
    const holds = await screen.app.keepInTray(wanted);
    if (wanted && !holds) toast(strings().desktop.noTray);
  };
  readonly #rendered = (): Promise<boolean> => {
    const { screen } = this.#host;
    screen.requestUpdate();
    return screen.updateComplete;
  };
}

export const pane = (host: PaneHost): Pane => new SettingsPane(host);
