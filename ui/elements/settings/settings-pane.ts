import { html, type TemplateResult } from 'lit';
import type { ExportLink } from '../../../server/protocol/resources/own-data.ts';
import { BlockedPeople } from '../../account/blocked-people.ts';
import { ProfileEditor } from '../../account/profile-editor.ts';
import { Sessions } from '../../account/sessions.ts';
import { saveLink } from '../../platform/save-link.ts';
import { strings } from '../../strings/strings.ts';
import type { Pane, PaneHost } from '../screen/pane.ts';
import type { PushSwitch } from '../../account/push-switch.ts';
import { pushSwitchOf } from './push-switch-of.ts';
import './settings-panel.ts';

/** The settings, and the actions of their buttons. */
export class SettingsPane implements Pane {
  readonly #host: PaneHost;
  readonly #blocked: BlockedPeople;
  readonly #sessions: Sessions;
  readonly #profile: ProfileEditor;
  /** Null in the desktop window, which gets no pushes. */
  readonly #push: PushSwitch | null;

  constructor(host: PaneHost) {
    this.#host = host;
    const { account } = host.screen;
    this.#blocked = new BlockedPeople(account);
    this.#sessions = new Sessions(account.api);
    this.#push = host.screen.app.shell.server.editable ? null : pushSwitchOf(host.screen);
    this.#profile = new ProfileEditor({
      api: account.api,
      own: () => account.sync.model.get().own,
      learn: (user) => {
        account.profile.learn(user);
      },
    });
  }

  render(): TemplateResult {
    const { screen, notifications } = this.#host;
    const { account, app } = screen;
    const { session, closing } = app.shell;
    const preferences = app.preferences.current.get();
    const { blocked } = account.sync.model.get();
    queueMicrotask(() => {
      this.#blocked.follow(blocked);
    });
    return html`<settings-panel
      .userId=${account.me.id}
      .username=${account.me.username}
      .profile=${this.#profile.form}
      .profileEditor=${this.#profile}
      .server=${app.shell.server.address}
      .preferences=${preferences}
      .notifications=${app.shell.notificationState()}
      .blocked=${this.#blocked.list.get()}
      .loadBlocked=${this.#loadBlocked}
      .unblock=${this.#unblock}
      .push=${this.#push?.choice.get() ?? null}
      .turnPush=${this.#turnPush}
      .showTextInPush=${this.#showTextInPush}
      .sessions=${this.#sessions.list.get()}
      .unsent=${account.sync.model.get().pending.length}
      .drafts=${account.draftCount}
      .recount=${this.#recount}
      .now=${screen.now}
      .endSession=${this.#endSession}
      .loadSessions=${this.#loadSessions}
      .askVersion=${this.#askVersion}
      .askAdmin=${this.#askAdmin}
      .allowNotifications=${notifications.allow}
      .changePassword=${this.#changePassword}
      .exportData=${this.#exportData}
      .exportElsewhere=${app.shell.server.editable}
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
  readonly #loadBlocked = (): void => void this.#blocked.load();
  readonly #unblock = (userId: string): Promise<void> => this.#blocked.unblock(userId);
  readonly #endSession = (id: string): void => void this.#sessions.end(id);
  readonly #loadSessions = (): void => {
    void this.#sessions.load();
    void this.#push?.load();
  };
  readonly #turnPush = async (on: boolean): Promise<void> => {
    await this.#push?.turn(on);
    this.#host.screen.requestUpdate();
  };
  readonly #showTextInPush = async (show: boolean): Promise<void> => this.#push?.setShowText(show);
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
  /** A link that works once lets the browser save the file without holding it in memory. The desktop window saves no files, and hands
   *  the link to the user's browser. */
  readonly #exportData = async (): Promise<void> => {
    const { account, app } = this.#host.screen;
    const { path } = await account.api.signed<ExportLink>({ method: 'POST', path: '/users/me/export/link' });
    const url = `${account.api.base}${path}`;
    if (app.shell.server.editable) app.shell.openLink(url);
    else saveLink(document, url);
  };
  readonly #deleteAccount = async (password: string): Promise<void> => {
    await this.#host.screen.app.deleteAccount(password);
    void this.#push?.forget();
  };
  readonly #logOut = async (): Promise<void> => {
    // Nobody waits for the push service.
    void this.#push?.forget();
    await this.#host.screen.app.logOut();
  };
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
