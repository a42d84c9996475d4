import { msg, str } from '@lit/localize';
import { perLanguage } from './locale.ts';

/** What one sets. Loaded with the settings. */
export const settingsStrings = perLanguage(() => ({
  settings: {
    title: msg('Settings', { id: 'settings.title' }),
    account: msg('Account', { id: 'settings.account' }),
    loggedInAs: (name: string) => msg(str`Logged in as ${name}`, { id: 'settings.loggedInAs' }),
    server: msg('Server', { id: 'settings.server' }),
    appVersion: (version: string) => msg(str`This app: version ${version}`, { id: 'settings.appVersion' }),
    serverVersion: (version: string) =>
      msg(str`The server: version ${version}`, { id: 'settings.serverVersion' }),
    appearance: msg('Appearance', { id: 'settings.appearance' }),
    theme: msg('Colours', { id: 'settings.theme' }),
    themes: {
      system: msg('As the system', { id: 'settings.themes.system' }),
      light: msg('Light', { id: 'settings.themes.light' }),
      dark: msg('Dark', { id: 'settings.themes.dark' }),
    },
    textSize: msg('Text size', { id: 'settings.textSize' }),
    textSizes: {
      small: msg('Small', { id: 'settings.textSizes.small' }),
      normal: msg('Normal', { id: 'settings.textSizes.normal' }),
      large: msg('Large', { id: 'settings.textSizes.large' }),
      huge: msg('Very large', { id: 'settings.textSizes.huge' }),
    },
    language: msg('Language', { id: 'settings.language' }),
    languageSystem: msg('As the system', { id: 'settings.languageSystem' }),
    notifications: msg('Notifications', { id: 'settings.notifications' }),
    notify: msg('Tell me of new messages while I look elsewhere', { id: 'settings.notify' }),
    preview: msg('Show the text in the notification', { id: 'settings.preview' }),
    allow: msg('Allow notifications', { id: 'settings.allow' }),
    denied: msg(
      'Your browser blocks notifications of this site. Allow them in the site settings of the browser.',
      { id: 'settings.denied' },
    ),
    unsupported: msg('Notifications need a secure address (https) or the desktop window.', {
      id: 'settings.unsupported',
    }),
    about: msg('About Parley', { id: 'settings.about' }),
    notices: msg('Licences of the work of others in this app', { id: 'settings.notices' }),
    sessions: msg('Where you are logged in', { id: 'settings.sessions' }),
    sessionsFailed: msg('The list of sessions could not be loaded.', { id: 'settings.sessionsFailed' }),
    thisSession: msg('This device', { id: 'settings.thisSession' }),
    unknownDevice: msg('Unknown device', { id: 'settings.unknownDevice' }),
    connected: msg('connected', { id: 'settings.connected' }),
    lastActive: (when: string) => msg(str`active ${when}`, { id: 'settings.lastActive' }),
    revoke: msg('End session', { id: 'settings.revoke' }),
    revokeAria: (name: string) => msg(str`End session: ${name}`, { id: 'settings.revokeAria' }),
    password: msg('Change password', { id: 'settings.password' }),
    currentPassword: msg('Current password', { id: 'settings.currentPassword' }),
    newPassword: msg('New password', { id: 'settings.newPassword' }),
    changePassword: msg('Change password', { id: 'settings.changePassword' }),
    passwordChanged: msg('Password changed. All your other sessions were ended.', {
      id: 'settings.passwordChanged',
    }),
    wrongPassword: msg('The current password is wrong.', { id: 'settings.wrongPassword' }),
    logout: msg('Log out', { id: 'settings.logout' }),
    logoutUnsent: (count: number) =>
      count === 1
        ? msg('One message was not sent yet. Logging out removes it from this device for good.', {
            id: 'settings.logoutUnsent.one',
          })
        : msg(str`${count} messages were not sent yet. Logging out removes them from this device for good.`, {
            id: 'settings.logoutUnsent.other',
          }),
    logoutAnyway: msg('Log out and discard', { id: 'settings.logoutAnyway' }),
    stay: msg('Stay logged in', { id: 'settings.stay' }),
    delete: msg('Delete account', { id: 'settings.delete' }),
    deleteExplain: msg(
      'Your name disappears at once everywhere and is never given out again. The messages you wrote stay with the people you wrote to, under “Deleted User”. This cannot be undone.',
      { id: 'settings.deleteExplain' },
    ),
    deletePassword: msg('Your password, to confirm', { id: 'settings.deletePassword' }),
    deleteConfirm: msg('Delete my account', { id: 'settings.deleteConfirm' }),
    deleteWrong: msg('The password is wrong. Nothing was deleted.', { id: 'settings.deleteWrong' }),
    window: msg('Window', { id: 'settings.window' }),
    tray: msg('Keep running in the system tray when the window is closed', { id: 'settings.tray' }),
    trayHint: msg('Only where the system shows a tray: the window comes back from there.', {
      id: 'settings.trayHint',
    }),
  },
}));
