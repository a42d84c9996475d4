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
    formatting: 'Show formatting in messages',
    formattingHint: '*bold*, _italic_, `code`, three backticks around lines of code, and > before a quote.',
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
    allSessions: (count: number) => `Show all ${String(count)}`,
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
  ownData: {
    title: 'Your data',
    explain:
      'A ZIP file with your profile, your conversations and all messages that you can see: as pages to read in a browser, and as files for programs.',
    download: 'Download my data',
    begun:
      'Your browser is saving the file. Its list of downloads shows how far it is, and can stop it. With many messages it takes some minutes.',
    begunElsewhere:
      'Your web browser opens and saves the file. Its list of downloads shows how far it is, and can stop it. With many messages it takes some minutes.',
    running:
      'Your data are being downloaded already. Wait until that has ended, or stop it in your browser’s list of downloads.',
    busy: 'The server is busy with the downloads of others. Try again in a minute.',
    unknown: 'This server is too old for this. Ask whoever runs it to update it.',
  },
  push: {
    on: 'Notify me on this device also when Parley is closed',
    text: 'Show the message text in these notifications too',
    hint: 'The notifications go through the push service of your browser’s maker, encrypted so that it cannot read them. It learns when you get one.',
    failed:
      'This could not be changed: the server or the push service of your browser cannot be reached. Check your connection and try again.',
    denied:
      'Your browser blocks notifications from this site. Allow them in the browser’s settings for this site, then try again.',
    installFirst:
      'To be notified also when Parley is closed, first add it to your home screen: tap Share, then “Add to Home Screen”, and open it from there.',
    install: 'Install Parley',
    installHint:
      'Parley can be installed as an app on this device: with its own icon and window, and in the share menu.',
  },
  profile: {
    title: 'Profile',
    hint: 'Everybody on this server can see it. Your username stays the same.',
    name: 'Display name',
    nameHint: 'How others see you, instead of your username.',
    about: 'About you',
    left: (count: number) => (count === 1 ? '1 character left' : `${count} characters left`),
    picture: 'Picture',
    pictureHint: 'You can also drop a picture here or paste one.',
    choose: 'Choose picture',
    another: 'Change picture',
    remove: 'Remove picture',
    save: 'Save',
    undo: 'Undo changes',
    unsaved: 'Not saved yet.',
    saved: 'Saved.',
    pictureSaved: 'Your picture was changed.',
    pictureRemoved: 'Your picture was removed.',
    unknown: 'Your profile is not known on this device yet. It is shown once the server can be reached.',
    nameLong: (over: number) =>
      `This name is too long. Shorten it by ${over === 1 ? '1 character' : `${over} characters`}.`,
    aboutLong: (over: number) =>
      `This text is too long. Shorten it by ${over === 1 ? '1 character' : `${over} characters`}.`,
    control:
      'It holds a character that is not allowed, such as a line break or one that turns the direction of writing. Type it anew instead of pasting it.',
    aboutControl:
      'It holds a character that is not allowed, such as one that turns the direction of writing. Type it anew instead of pasting it.',
    invisible:
      'This name has nothing that can be seen. Type a letter, or leave the field empty to be shown with your username.',
    reserved: 'This name is kept for deleted accounts. Choose another one.',
    refused: 'The server did not accept this. Change it and save again.',
    tooOften: (minutes: number) =>
      `You have changed your profile often in a short time. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    offline: 'The server could not be reached, so nothing was saved. Check your connection and save again.',
    pictureOffline:
      'The server could not be reached, so your picture is still the former one. Check your connection and try again.',
    noImage: 'This is not a picture that this browser can read. Choose a PNG, JPEG or WebP file.',
    noFile: 'What you dropped or pasted holds no picture.',
    pictureRefused: 'The server did not accept this picture. Choose another one.',
    tooHeavy: 'This picture could not be made small enough. Choose another one.',
    crop: 'Choose the part to show',
    cropHint: 'Drag to move it. With the keyboard: arrow keys move it, plus and minus change its size.',
    cropHintTouch: 'Drag to move it, pinch to change its size.',
    zoom: 'Size',
    use: 'Use picture',
    cancel: 'Cancel',
  },
};
export type SettingsTable = typeof english;

/** Texts of the settings. Loaded with them. */
export const settingsStrings = perLanguage('settings', english);
