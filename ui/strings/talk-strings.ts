import { msg, str } from '@lit/localize';

/** Conversations, their messages, and how they are found. */
export const talkStrings = () => ({
  list: {
    label: msg('Conversations', { id: 'list.label' }),
    empty: msg('No conversations yet', { id: 'list.empty' }),
    emptyHint: msg('Find somebody by name and say hello.', { id: 'list.emptyHint' }),
    start: msg('New conversation', { id: 'list.start' }),
    search: msg('Search', { id: 'list.search' }),
    settings: msg('Settings', { id: 'list.settings' }),
    keys: msg('Keyboard shortcuts', { id: 'list.keys' }),
    draft: msg('Draft:', { id: 'list.draft' }),
    typing: msg('typing…', { id: 'list.typing' }),
    noMessages: msg('No messages yet', { id: 'list.noMessages' }),
    unread: (count: number) => msg(str`${count} unread`, { id: 'list.unread' }),
    online: msg('online', { id: 'list.online' }),
    failed: msg('The list could not be loaded.', { id: 'list.failed' }),
  },
  chat: {
    none: msg('Choose a conversation', { id: 'chat.none' }),
    noneHint: msg('or press Ctrl K to go to one by name.', { id: 'chat.noneHint' }),
    noneHintMac: msg('or press ⌘ K to go to one by name.', { id: 'chat.noneHintMac' }),
    welcome: msg('You are in', { id: 'chat.welcome' }),
    welcomeHint: msg('Start a conversation, or tell somebody your name here, so that they find you:', {
      id: 'chat.welcomeHint',
    }),
    gone: msg('This conversation does not exist, or it was deleted.', { id: 'chat.gone' }),
    online: msg('online', { id: 'chat.online' }),
    lastSeen: (when: string) => msg(str`last seen ${when}`, { id: 'chat.lastSeen' }),
    offline: msg('offline', { id: 'chat.offline' }),
    typing: msg('typing…', { id: 'chat.typing' }),
    more: msg('More', { id: 'chat.more' }),
    remove: msg('Delete conversation', { id: 'chat.remove' }),
    removed: (name: string) => msg(str`Conversation with ${name} deleted for you.`, { id: 'chat.removed' }),
    find: msg('Search in messages', { id: 'chat.find' }),
    messages: (name: string) => msg(str`Messages with ${name}`, { id: 'chat.messages' }),
    empty: (name: string) =>
      msg(str`This is the beginning of your conversation with ${name}.`, { id: 'chat.empty' }),
    beginning: msg('Beginning of the conversation', { id: 'chat.beginning' }),
    loadFailed: msg('Messages could not be loaded.', { id: 'chat.loadFailed' }),
    leapFailed: msg('This place could not be loaded.', { id: 'chat.leapFailed' }),
    unreadLine: msg('New messages', { id: 'chat.unreadLine' }),
    toUnread: (count: number) => msg(str`${count} unread further up`, { id: 'chat.toUnread' }),
    toNewest: msg('To the newest messages', { id: 'chat.toNewest' }),
    newBelow: (count: number) =>
      count === 1
        ? msg('1 new message', { id: 'chat.newBelow.one' })
        : msg(str`${count} new messages`, { id: 'chat.newBelow.other' }),
    sentBy: (name: string, time: string) => msg(str`${name}, ${time}`, { id: 'chat.sentBy' }),
    arrived: (name: string, text: string) => msg(str`${name}: ${text}`, { id: 'chat.arrived' }),
    arrivedElsewhere: (name: string) => msg(str`New message from ${name}`, { id: 'chat.arrivedElsewhere' }),
    copy: msg('Copy text', { id: 'chat.copy' }),
    copied: msg('Copied', { id: 'chat.copied' }),
    details: msg('Details', { id: 'chat.details' }),
  },
  state: {
    sending: msg('Sending', { id: 'state.sending' }),
    sent: msg('Sent', { id: 'state.sent' }),
    delivered: msg('Delivered', { id: 'state.delivered' }),
    read: msg('Read', { id: 'state.read' }),
    failed: msg('Not sent', { id: 'state.failed' }),
    written: msg('Written', { id: 'state.written' }),
    unknownTime: msg('time not known on this device', { id: 'state.unknownTime' }),
  },
  failure: {
    conflict: msg('This account was deleted, so the message cannot be delivered.', {
      id: 'failure.conflict',
    }),
    not_found: msg('This conversation no longer exists. Start it again to send the message.', {
      id: 'failure.not_found',
    }),
    bad_request: msg('The server did not accept this text. Copy it, change it and send it anew.', {
      id: 'failure.bad_request',
    }),
    payload_too_large: msg('The message is too large. Copy it and send it in parts.', {
      id: 'failure.payload_too_large',
    }),
    forbidden: msg('The server does not allow this message.', { id: 'failure.forbidden' }),
    other: msg('The server refused this message.', { id: 'failure.other' }),
    retry: msg('Send again', { id: 'failure.retry' }),
    discard: msg('Discard', { id: 'failure.discard' }),
  },
  composer: {
    label: (name: string) => msg(str`Message to ${name}`, { id: 'composer.label' }),
    placeholder: msg('Write a message', { id: 'composer.placeholder' }),
    send: msg('Send', { id: 'composer.send' }),
    left: (count: number) => msg(str`${count} left`, { id: 'composer.left' }),
    over: (count: number) => msg(str`${count} too many`, { id: 'composer.over' }),
    overHint: msg('A message holds at most 5000 characters. Shorten it or send it in parts.', {
      id: 'composer.overHint',
    }),
    closed: msg('This account was deleted. You can read the conversation, but no longer write.', {
      id: 'composer.closed',
    }),
    hint: msg('Enter sends, Shift Enter breaks the line', { id: 'composer.hint' }),
  },
});
