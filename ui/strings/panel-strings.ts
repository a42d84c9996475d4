import { msg, str } from '@lit/localize';
import { perLanguage } from './locale.ts';

/** Search, new conversation, quick switcher, shortcut sheet. Loaded with those. */
export const panelStrings = perLanguage(() => ({
  keys: {
    title: msg('Keyboard shortcuts', { id: 'keys.title' }),
    switch: msg('Go to a conversation', { id: 'keys.switch' }),
    search: msg('Search everything', { id: 'keys.search' }),
    compose: msg('New conversation', { id: 'keys.compose' }),
    settings: msg('Settings', { id: 'keys.settings' }),
    send: msg('Send the message', { id: 'keys.send' }),
    break: msg('New line', { id: 'keys.break' }),
    lists: msg('Move in a list', { id: 'keys.lists' }),
    messages: msg('From the text field to the messages', { id: 'keys.messages' }),
    details: msg('Details of a message', { id: 'keys.details' }),
    escape: msg('Close, go back, to the newest message', { id: 'keys.escape' }),
    sheet: msg('This sheet', { id: 'keys.sheet' }),
    sheetAnywhere: msg('This sheet, from a text field', { id: 'keys.sheetAnywhere' }),
  },
  newChat: {
    title: msg('New conversation', { id: 'newChat.title' }),
    label: msg('Search people by name', { id: 'newChat.label' }),
    placeholder: msg('Name', { id: 'newChat.placeholder' }),
    hint: msg('Type the beginning of a username.', { id: 'newChat.hint' }),
    none: (query: string) =>
      msg(str`Nobody here is called “${query}…”. Check the spelling, or ask them to register.`, {
        id: 'newChat.none',
      }),
    found: (count: number) =>
      count === 1
        ? msg('1 person found', { id: 'newChat.found.one' })
        : msg(str`${count} people found`, { id: 'newChat.found.other' }),
  },
  search: {
    title: msg('Search', { id: 'search.title' }),
    label: msg('Search people, conversations and messages', { id: 'search.label' }),
    placeholder: msg('Search everything', { id: 'search.placeholder' }),
    hint: msg('Words or parts of words, in any language.', { id: 'search.hint' }),
    none: (query: string) =>
      msg(str`Nothing found for “${query}”. Try fewer letters or another word.`, { id: 'search.none' }),
    people: msg('People', { id: 'search.people' }),
    conversations: msg('Conversations', { id: 'search.conversations' }),
    messages: msg('Messages', { id: 'search.messages' }),
    more: msg('More messages', { id: 'search.more' }),
    found: (count: number) =>
      count === 1
        ? msg('1 result', { id: 'search.found.one' })
        : msg(str`${count} results`, { id: 'search.found.other' }),
  },
  switcher: {
    title: msg('Go to conversation', { id: 'switcher.title' }),
    label: msg('Conversation or person', { id: 'switcher.label' }),
    placeholder: msg('Name', { id: 'switcher.placeholder' }),
    none: msg('No conversation of that name. Press Enter to search people.', { id: 'switcher.none' }),
  },
  /** Asking for a server; only the desktop window does. */
  server: {
    address: msg('Address of the server', { id: 'server.address' }),
    hint: msg('As its operator gave it to you, for example chat.example.org', { id: 'server.hint' }),
    use: msg('Use this server', { id: 'server.use' }),
    noAddress: msg('This is no address of a server. It looks like chat.example.org.', {
      id: 'server.noAddress',
    }),
    unreachable: (address: string) =>
      msg(
        str`Nothing answers at ${address}. Check the spelling and your connection, or ask the operator whether the server is running.`,
        { id: 'server.unreachable' },
      ),
    noHttps: (address: string) =>
      msg(
        str`There is no secure connection to ${address}: nothing answers there, or its certificate is not trusted on this computer. Check the spelling and your connection, then open this address in a browser: it says which it is.`,
        { id: 'server.noHttps' },
      ),
    notTrusted: (address: string) =>
      msg(
        str`There is no secure connection to ${address}, though the computer there answers. Most likely its certificate has expired, is for another name, or is not trusted here. Open this address in a browser: it says what is wrong. Then tell the operator.`,
        { id: 'server.notTrusted' },
      ),
    onlyHttp: (address: string) =>
      msg(
        str`This server answers without encryption only: others on the way could read your password and your messages. Ask its operator for an https address. To use it all the same, enter ${address}`,
        { id: 'server.onlyHttp' },
      ),
    notParley: (address: string) =>
      msg(
        str`What answers at ${address} is not a Parley server, or one that does not let this app in. Check the address; its operator finds the setting under PARLEY_ALLOWED_ORIGINS.`,
        { id: 'server.notParley' },
      ),
  },
  /** What only the desktop window says. */
  window: {
    notHere: msg(
      'This page belongs to the Parley desktop app. In a browser, open the address of your server.',
      {
        id: 'window.notHere',
      },
    ),
    keyTaken: msg(
      'This window does not work: another program on this computer took its key first. It can read nothing of yours with it. Close this window and start Parley again. If that does not help, look for a program that you do not know, or ask whoever looks after this computer.',
      { id: 'window.keyTaken' },
    ),
    link: msg('Link', { id: 'window.link' }),
    openLink: msg('Open link', { id: 'window.openLink' }),
    copyLink: msg('Copy link address', { id: 'window.copyLink' }),
    edit: msg('Edit', { id: 'window.edit' }),
    undo: msg('Undo', { id: 'window.undo' }),
    redo: msg('Redo', { id: 'window.redo' }),
    cut: msg('Cut', { id: 'window.cut' }),
    copy: msg('Copy', { id: 'window.copy' }),
    paste: msg('Paste', { id: 'window.paste' }),
    selectAll: msg('Select All', { id: 'window.selectAll' }),
    hide: msg('Hide Parley', { id: 'window.hide' }),
  },
}));
