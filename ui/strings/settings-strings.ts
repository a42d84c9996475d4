import { perLanguage } from './locale.ts';

const english = {
  settings: {
    title: 'Settings',
    account: 'Account',
    loggedInAs: (name: string) => `Logged in as ${name}`,
    admin: 'Administration',
    server: 'Server',
    appVersion: (version: string) => `This app: version ${version}`,
    serverVersion: (version: string) => `The server: version ${version}`,
    appearance: 'Appearance',
    theme: 'Theme',
    themes: {
      system: 'Same as the system',
      light: 'Light',
      dark: 'Dark',
    },
    textSize: 'Text size',
    textSizes: {
      small: 'Small',
      normal: 'Normal',
      large: 'Large',
      huge: 'Very large',
    },
    language: 'Language',
    languageSystem: 'Same as the system',
    writing: 'Writing',
    keys: 'Keyboard shortcuts',
    sendKey: 'To send a message',
    sendKeys: {
      enter: 'Enter (Shift Enter breaks the line)',
      modifier: (key: string) => `${key} Enter (Enter breaks the line)`,
    },
    notifications: 'Notifications',
    notify: 'Notify me of new messages when I am not looking at them',
    preview: 'Show the message text in notifications',
    allow: 'Allow notifications',
    denied:
      'Your browser blocks notifications from this site. Allow them in the browser’s settings for this site.',
    unsupported: 'Notifications need a secure address (https) or the desktop app.',
    about: 'About Parley',
    notices: 'Licences of third-party software',
    sessions: 'Where you are logged in',
    sessionsFailed: 'The list of sessions could not be loaded.',
    thisSession: 'This device',
    unknownDevice: 'Unknown device',
    connected: 'connected',
    lastActive: (when: string) => `active ${when}`,
    revoke: 'End session',
    revokeAria: (name: string) => `End session: ${name}`,
    password: 'Change password',
    currentPassword: 'Current password',
    newPassword: 'New password',
    changePassword: 'Change password',
    passwordChanged: 'Password changed. All your other sessions were ended.',
    wrongPassword: 'The current password is wrong.',
    logout: 'Log out',
    unsentMessages: (count: number) =>
      count === 1 ? 'One message was not sent yet.' : `${count} messages were not sent yet.`,
    unsentDrafts: (count: number) =>
      count === 1 ? 'One draft is kept on this device.' : `${count} drafts are kept on this device.`,
    logoutUnsent: 'Logging out removes this for good.',
    logoutAnyway: 'Log out and discard',
    stay: 'Stay logged in',
    delete: 'Delete account',
    deleteExplain:
      'Your name is no longer shown to anybody in Parley, and nobody can take it again. The messages you wrote stay with the people you wrote to, under “Deleted User”. The records and backups of the operator may still hold your name. This cannot be undone.',
    deletePassword: 'Your password, to confirm',
    deleteConfirm: 'Delete my account',
    deleteWrong: 'The password is wrong. Nothing was deleted.',
    window: 'Window',
    tray: 'Keep running in the system tray when the window is closed',
    trayHint: 'The window comes back from the tray icon, so this needs a system that shows one.',
  },
};
export type SettingsTable = typeof english;

/** Texts of the settings. Loaded with them. */
export const settingsStrings = perLanguage('settings', english);
