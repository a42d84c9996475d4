import { perLanguage } from './locale.ts';

const english = {
  manage: {
    menu: (name: string) => `Conversation with ${name}`,
    pin: 'Pin',
    unpin: 'Unpin',
    archive: 'Archive',
    unarchive: 'Move to the list',
    mute: 'Mute',
    unmute: 'Unmute',
    hour: 'For 1 hour',
    eightHours: 'For 8 hours',
    week: 'For 1 week',
    always: 'Until I unmute it',
    until: (when: string) => `Muted until ${when}`,
    pinned: (name: string) => `Conversation with ${name} pinned.`,
    unpinned: (name: string) => `Conversation with ${name} unpinned.`,
    archived: (name: string) => `Conversation with ${name} archived.`,
    unarchived: (name: string) => `Conversation with ${name} is in the list again.`,
    muted: (name: string) => `Conversation with ${name} muted.`,
    unmuted: (name: string) => `Conversation with ${name} no longer muted.`,
    notChanged: (name: string) => `Conversation with ${name} not changed.`,
  },
  archive: {
    title: 'Archived',
    hint: 'A conversation comes back to the list with its next message, unless it is muted.',
    none: 'No archived conversations.',
  },
  block: {
    block: (name: string) => `Block ${name}`,
    unblock: (name: string) => `Unblock ${name}`,
    question: (name: string) => `Block ${name}?`,
    cannotWrite: (name: string) => `${name} can no longer write to you or react to your messages.`,
    noPresence: (name: string) => `${name} no longer sees whether you are online.`,
    neither: (name: string) => `You can’t write to ${name} either, until you unblock them.`,
    stays: 'Your conversation stays as it is, for both of you. You can unblock at any time.',
    confirm: 'Block',
    cancel: 'Cancel',
    blocked: (name: string) => `${name} is blocked.`,
    unblocked: (name: string) => `${name} is no longer blocked.`,
    notBlocked: (name: string) => `${name} was not blocked.`,
    notUnblocked: (name: string) => `${name} is still blocked.`,
    note: (name: string) => `You blocked ${name}.`,
    undo: 'Unblock',
    undoFor: (name: string) => `Unblock ${name}`,
    refused: (name: string) => `${name} does not take messages from you.`,
    refusedOwn: (name: string) => `Not sent: you blocked ${name}.`,
    refusedHere: 'This person does not take messages from you.',
    title: 'Blocked people',
    hint: 'Blocked people can’t write to you and don’t see whether you are online. To block somebody, open the menu of your conversation with them.',
    none: 'You have not blocked anybody.',
    failed: 'The list of blocked people could not be loaded.',
  },
};
export type ManageTable = typeof english;

/** Texts of what a user can do with a conversation: its settings, the archived ones, and blocking. Loaded with the menus. */
export const manageStrings = perLanguage('manage', english);
