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
}));
