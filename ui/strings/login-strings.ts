import { perLanguage } from './locale.ts';

const english = {
  login: {
    title: 'Log in',
    registerTitle: 'Create an account',
    lead: 'A quiet place to talk, one to one.',
    username: 'Username',
    password: 'Password',
    invite: 'Invitation code',
    inviteHint: 'You get it from the operator of this server.',
    submit: 'Log in',
    submitRegister: 'Create account',
    toRegister: 'New here? Create an account',
    toLogin: 'Already have an account? Log in',
    server: 'Server',
    changeServer: 'Change server',
    showPassword: 'Show password',
    hidePassword: 'Hide password',
    usernameRules: '3 to 32 characters: letters a–z, digits, dot, underscore, hyphen',
    wrong: 'The username or the password is wrong. Check both and try again.',
    wrongAfterExpiry:
      'Username or password is wrong. If both are right, the server may no longer know your account because it was restored from an older backup. Ask its operator.',
    taken: 'This username is taken or was used before. Choose another one.',
    needUsername: 'Enter your username.',
    needPassword: 'Enter your password.',
    waitMinutes: (minutes: number) =>
      minutes <= 1
        ? 'Too many failed attempts from your network. Try again in a minute.'
        : `Too many failed attempts from your network. Try again in ${minutes} minutes.`,
    closed: 'This server takes no new accounts. Ask its operator if you need one.',
    inviteNeeded:
      'This server takes new accounts by invitation only. Ask its operator for a code and enter it here.',
    inviteWrong:
      'This invitation code is not valid or was already used. Check it, or ask the operator for a new one.',
    nameShort: (least: number) => `This username is too short. Use at least ${least} characters.`,
    nameLong: (most: number) => `This username is too long. Use at most ${most} characters.`,
    nameSpace: 'A username cannot contain a space. Use a dot, an underscore or a hyphen instead.',
    nameCharacter: (character: string) =>
      `A username cannot contain “${character}”. Use only a–z, digits, dot, underscore and hyphen.`,
    waitToRegister: (minutes: number) =>
      minutes <= 1
        ? 'Too many accounts were created from your network. Try again in a minute.'
        : `Too many accounts were created from your network. Try again in ${minutes} minutes.`,
    readable: 'Messages are stored on this server. Its operator can read them.',
    forgot: 'Forgot your password?',
    forgotHint:
      'This server has no e-mail address of yours, so it cannot send you a new password. Ask the operator of this server for help: they can give you a link with which you choose a new one.',
    disabled: 'This account has been disabled. Ask the operator of this server.',
    refused: 'The server did not accept this. Check what you entered and try again.',
    chooseServer: 'Which server?',
    remember: 'Stay logged in on this computer',
    rememberHint:
      'Stores a key to your account in a file. Only your user account on this computer can read it, and so can the programs you run.',
  },
  reset: {
    title: 'Choose a new password',
    hint: 'You will be logged out on all your other devices.',
    password: 'New password',
    submit: 'Save and log in',
    refused:
      'The server does not accept this password. It is one that many people use, or it contains your username. Choose another one.',
    notValid:
      'This link is not valid, or no longer valid. It works only once, and only for 24 hours. Ask the operator of this server for a new one.',
    toLogin: 'Go to the login instead',
    loggedInAs: (name: string) =>
      `${name} is logged in here. To choose a new password with this link, log out first.`,
    stay: 'Stay logged in',
  },
  rules: {
    missing: 'This password does not meet all the rules. The list below shows what is missing.',
    common: 'Many people use this password, so it is easy to guess. Choose another one.',
    length: 'At least 8 characters',
    tooLong: 'At most 256 characters',
    upper: 'An upper-case letter',
    lower: 'A lower-case letter',
    digit: 'A digit',
    noName: 'Does not contain your username',
    met: 'met',
    unmet: 'not yet met',
  },
  signOutReason: {
    expired:
      'Your session has ended. Log in again to continue. Drafts and unsent messages are kept on this device.',
    revoked:
      'This session was ended from another device. Log in again to continue. Drafts and unsent messages are kept on this device.',
    deleted: 'This account was deleted.',
    loggedOut: 'You are logged out. Your messages have been removed from this device.',
    loggedOutElsewhere:
      'You were logged out in another window of this browser. Nothing of yours is kept on this device.',
    accountDeleted: 'Your account is deleted. The people you wrote to keep the messages, without your name.',
  },
};
export type LoginTable = typeof english;

/** Texts for logging in and registering, and for why a session ended. Loaded with the parts that use them. */
export const loginStrings = perLanguage('login', english);
