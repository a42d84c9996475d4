import { msg, str } from '@lit/localize';
import { perLanguage } from './locale.ts';

/** Getting in: log in, register, why one was logged out. Loaded with the parts that say it. */
export const loginStrings = perLanguage(() => ({
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
    chooseServer: msg('Which server?', { id: 'login.chooseServer' }),
    remember: msg('Stay logged in on this computer', { id: 'login.remember' }),
    rememberHint: msg(
      'Keeps a key to your account in a file that only your user of this computer can read.',
      {
        id: 'login.rememberHint',
      },
    ),
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
}));
