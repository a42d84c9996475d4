import { msg, str } from '@lit/localize';

/** Getting in, and what one sets. */
export const accountStrings = () => ({
  login: {
    title: msg('Log in', { id: 'login.title' }),
    registerTitle: msg('Create an account', { id: 'login.registerTitle' }),
    lead: msg('Two people, one server, no one else.', { id: 'login.lead' }),
    username: msg('Username', { id: 'login.username' }),
    password: msg('Password', { id: 'login.password' }),
    invite: msg('Invitation code', { id: 'login.invite' }),
    inviteHint: msg('Only if the operator of this server gave you one.', { id: 'login.inviteHint' }),
    submit: msg('Log in', { id: 'login.submit' }),
    submitRegister: msg('Create account', { id: 'login.submitRegister' }),
    toRegister: msg('New here? Create an account', { id: 'login.toRegister' }),
    toLogin: msg('Have an account? Log in', { id: 'login.toLogin' }),
    server: msg('Server', { id: 'login.server' }),
    changeServer: msg('Change server', { id: 'login.changeServer' }),
    serverAddress: msg('Address of the server', { id: 'login.serverAddress' }),
    serverHint: msg('As its operator gave it to you, for example chat.example.org', {
      id: 'login.serverHint',
    }),
    serverWrong: msg('This is no address of a server. It looks like chat.example.org.', {
      id: 'login.serverWrong',
    }),
    useServer: msg('Use this server', { id: 'login.useServer' }),
    showPassword: msg('Show password', { id: 'login.showPassword' }),
    hidePassword: msg('Hide password', { id: 'login.hidePassword' }),
    usernameRules: msg('3 to 32 characters: letters a–z, digits, dot, underscore, hyphen', {
      id: 'login.usernameRules',
    }),
    wrong: msg('Username or password is wrong. Check both and try again.', { id: 'login.wrong' }),
    taken: msg('This username is taken or was used before. Choose another one.', { id: 'login.taken' }),
    needUsername: msg('Enter your username.', { id: 'login.needUsername' }),
    needPassword: msg('Enter your password.', { id: 'login.needPassword' }),
    waitMinutes: (minutes: number) =>
      minutes <= 1
        ? msg('Too many attempts from here. Try again in a minute.', { id: 'login.waitMinutes.one' })
        : msg(str`Too many attempts from here. Try again in ${minutes} minutes.`, {
            id: 'login.waitMinutes.other',
          }),
    closed: msg('This server takes no new accounts. Ask its operator, or check the invitation code.', {
      id: 'login.closed',
    }),
    refused: msg('The server did not accept this. Check what you entered and try again.', {
      id: 'login.refused',
    }),
  },
  rules: {
    missing: msg('This password does not keep all the rules. The list says which are missing.', {
      id: 'rules.missing',
    }),
    common: msg('This password is one that many people use, so it is guessed first. Choose another one.', {
      id: 'rules.common',
    }),
    length: msg('At least 8 characters', { id: 'rules.length' }),
    tooLong: msg('At most 256 characters', { id: 'rules.tooLong' }),
    upper: msg('An upper-case letter', { id: 'rules.upper' }),
    lower: msg('A lower-case letter', { id: 'rules.lower' }),
    digit: msg('A digit', { id: 'rules.digit' }),
    noName: msg('Not your username', { id: 'rules.noName' }),
    met: msg('met', { id: 'rules.met' }),
    unmet: msg('not yet met', { id: 'rules.unmet' }),
  },
  farewell: {
    expired: msg(
      'You have been logged out because your session ended. Log in to go on; nothing you wrote is lost.',
      { id: 'farewell.expired' },
    ),
    revoked: msg('This session was ended from another device. Log in to go on; nothing you wrote is lost.', {
      id: 'farewell.revoked',
    }),
    deleted: msg('This account was deleted.', { id: 'farewell.deleted' }),
    loggedOut: msg('You are logged out. Nothing of yours is kept on this device.', {
      id: 'farewell.loggedOut',
    }),
    accountDeleted: msg(
      'Your account is deleted. Your name is gone; the people you wrote to keep their messages.',
      { id: 'farewell.accountDeleted' },
    ),
  },
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
  },
});
