import type { UserResource } from '../../../server/protocol/resources/user.ts';
import type { ReceivedFiles } from '../../attachments/received-files.ts';
import type { Preferences } from '../../account/preferences.ts';
import type { Panel } from '../../navigation/trail.ts';
import type { Message, MessageReference } from '../../model/model.ts';
import type { Unsendable } from '../../account/unsendable.ts';

/** What is to be done with a conversation, or with its peer. `ms`: for how long, in milliseconds. */
export type ConversationAct =
  | { readonly what: 'pin' | 'unpin' | 'archive' | 'unarchive' | 'unmute' | 'block' | 'unblock' }
  | { readonly what: 'mute'; readonly ms: number };

/** All events that elements send upwards, by name. Elements do not depend on how they are handled. */
export interface Emitted {
  'open-chat': { conversationId: string; seq?: number };
  'open-person': { user: UserResource };
  'leave-chat': undefined;
  'remove-chat': { conversationId: string };
  manage: { readonly conversationId: string; readonly act: ConversationAct };
  'send-text': { text: string };
  'draft-text': { text: string };
  /** The draft gets these files. */
  'add-files': { readonly files: readonly File[] };
  'remove-file': { readonly key: string };
  'retry-file': { readonly key: string };
  /** Sends a picture of the draft as it is, or drawn anew. */
  'send-original': { readonly key: string; readonly original: boolean };
  'retry-message': { id: string };
  'discard-message': { id: string };
  'discard-unsendable': Unsendable;
  'copy-text': { text: string };
  /** The draft becomes a reply to this message; with null, an ordinary message. */
  'reply-to': { message: MessageReference | null };
  /** Null takes the reaction back. */
  react: { message: MessageReference; emoji: string | null };
  /** Leads to the message that a reply quotes. */
  'jump-to': { seq: number };
  /** A reply quotes this message, which is not loaded. */
  'need-original': { seq: number };
  /** `show` is called with the address of the picture, once it is there and unless `signal` aborts before. */
  'need-picture': {
    readonly userId: string;
    readonly version: string;
    readonly show: (url: string) => void;
    readonly signal: AbortSignal;
  };
  /** `use` is called with the part that fetches the files of messages, or `missing` if it could not be loaded. */
  'use-files': { readonly use: (files: ReceivedFiles) => void; readonly missing: () => void };
  /** Shows the pictures of a message above the screen, one at a time. `id`: of the first. `sender`: their name. */
  'show-pictures': { readonly message: Message; readonly id: string; readonly sender: string };
  'show-details': { id: string | null };
  'need-older': undefined;
  'need-newer': undefined;
  'need-newest': undefined;
  /** Enough messages are loaded that those far from the end can be dropped. */
  'let-go': undefined;
  'retry-history': undefined;
  'dismiss-history': undefined;
  'jump-unread': undefined;
  seen: { seq: number };
  'focus-messages': undefined;
  'focus-composer': undefined;
  /** `conversationId`: search only in this conversation. */
  'open-panel': { panel: Panel | 'settings'; conversationId?: string };
  'close-panel': undefined;
  /** Sent by `Layer`, which explains it. */
  'open-layer': { close: () => void; opened: (closed: () => void) => void };
  'search-within': { conversationId: string | null };
  'ask-server': { edit: () => void };
  'keep-server': undefined;
  'choose-server': { address: string };
  prefer: Partial<Preferences>;
}

declare global {
  // Declared here so that listeners are typed by name.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface HTMLElementEventMap extends EmittedEvents {}
}
type EmittedEvents = { [N in keyof Emitted]: CustomEvent<Emitted[N]> };

/** Dispatches an event that crosses shadow roots. */
export const emit = <N extends keyof Emitted>(
  from: HTMLElement,
  name: N,
  ...detail: undefined extends Emitted[N] ? [] : [Emitted[N]]
): void => {
  from.dispatchEvent(new CustomEvent(name, { detail: detail[0], bubbles: true, composed: true }));
};
