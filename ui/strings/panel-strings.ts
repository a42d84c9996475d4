import { perLanguage } from './locale.ts';

const english = {
  keys: {
    title: 'Keyboard shortcuts',
    shift: 'Shift',
    switch: 'Go to a conversation',
    search: 'Search everything',
    compose: 'New conversation',
    settings: 'Settings',
    send: 'Send the message',
    break: 'New line',
    lists: 'Move through a list',
    messages: 'From the empty text field to the messages',
    details: 'Details of a message',
    menu: 'Menu of a message',
    escape: 'Close, go back, or go to the newest message',
    sheet: 'Show these shortcuts',
  },
  menu: {
    title: 'Message menu',
    select: 'Select text',
  },
  newChat: {
    title: 'New conversation',
    label: 'Search people by name',
    placeholder: 'Name',
    hint: 'Type a username or part of one.',
    known: 'People you talk to',
    none: (query: string) =>
      `Nobody else here has “${query}” in their username. Check the spelling, or invite them.`,
    more: (count: number) => `Only the first ${count} are shown. Type more of the name.`,
    found: (count: number) => (count === 1 ? '1 person found' : `${count} people found`),
  },
  invite: {
    title: 'Invite somebody',
    how: 'Send them this address. They create an account there and tell you their username.',
    code: 'It is up to the operator whether this server takes new accounts, and whether they need an invitation code.',
    copy: 'Copy address',
    share: 'Share',
    text: (name: string) => `Write to me on Parley. My username there is ${name}.`,
  },
  search: {
    title: 'Search',
    label: 'Search people, conversations and messages',
    placeholder: 'Search everything',
    placeholderHere: 'Search this conversation',
    where: 'Where to search',
    here: (name: string) => `Only with ${name}`,
    everywhere: 'Everywhere',
    back: (day: string) => `Searched back to ${day}.`,
    noneBack: (day: string) => `Nothing found yet. Searched back to ${day}.`,
    further: 'Search further back',
    noMore: 'No more results in this conversation.',
    hint: 'Finds names and messages by words or parts of words.',
    none: (query: string) => `Nothing found for “${query}”. Try fewer letters or another word.`,
    people: 'People',
    conversations: 'Conversations',
    messages: 'Messages',
    more: 'More messages',
    removedUntil: (day: string) =>
      `Not searched: older messages, up to ${day}, which this server’s retention policy has removed.`,
    onlyFirst: (count: number) => `Only the first ${count} are shown. Type more letters to find others.`,
    found: (count: number) => (count === 1 ? '1 result' : `${count} results`),
  },
  notify: {
    question: 'Get notified of new messages when you are not looking at them?',
    allow: 'Allow',
    notNow: 'Not now',
  },
  switcher: {
    title: 'Go to conversation',
    label: 'Conversation or person',
    placeholder: 'Name',
    none: 'No conversation with that name. Press Enter to look for a person.',
  },
  unsendable: {
    title: 'Cannot be sent',
    why: 'The person or the conversation no longer exists on this server.',
  },
  /** Asking for a server, which only the desktop window does. */
  server: {
    address: 'Address of the server',
    hint: 'You get it from the operator of the server, for example chat.example.org',
    use: 'Use this server',
    noAddress: 'This is not a server address. Enter one like chat.example.org.',
    unreachable: (address: string) =>
      `Nothing answers at ${address}. Check the spelling and your connection, or ask the operator whether the server is running.`,
    noHttps: (address: string) =>
      `There is no secure connection to ${address}: nothing answers there, or its certificate is not trusted on this computer. Check the spelling and your connection, then open this address in a browser: it says which it is.`,
    notTrusted: (address: string) =>
      `There is no secure connection to ${address}, though the computer there answers. Most likely its certificate has expired, is for another name, or is not trusted here. Open this address in a browser: it says what is wrong. Then tell the operator.`,
    onlyHttp: (address: string) =>
      `This server answers without encryption only: others on the way could read your password and your messages. Ask its operator for an https address. To use it all the same, enter ${address}`,
    notParley: (address: string) =>
      `What answers at ${address} is not a Parley server, or one that does not let this app in. Check the address; its operator finds the setting under PARLEY_ALLOWED_ORIGINS.`,
  },
  /** Texts of the desktop window only. */
  window: {
    notHere: 'This page belongs to the Parley desktop app. In a browser, open the address of your server.',
    keyTaken:
      'This window does not work: another program on this computer took its key first. It can read nothing of yours with it. Close this window and start Parley again. If that does not help, look for a program that you do not know, or ask whoever looks after this computer.',
    link: 'Link',
    openLink: 'Open link',
    copyLink: 'Copy link address',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    hide: 'Hide Parley',
  },
};
export type PanelTable = typeof english;

/** Texts of search, new conversation, quick switcher, shortcut list, the menu of a message, and unsendable texts.
 *  Loaded with those parts. */
export const panelStrings = perLanguage('panel', english);
