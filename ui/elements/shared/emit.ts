import type { UserResource } from '../../../server/protocol/resources/user.ts';
import type { Preferences } from '../../account/preferences.ts';
import type { Panel } from '../../navigation/trail.ts';
import type { Unsendable } from '../../account/unsendable.ts';

/** All events that elements send upwards, by name. Elements do not depend on how they are handled. */
export interface Emitted {
  'open-chat': { conversationId: string; seq?: number };
  'open-person': { user: UserResource };
  'leave-chat': undefined;
  'remove-chat': { conversationId: string };
  'send-text': { text: string };
  'draft-text': { text: string };
  'retry-message': { id: string };
  'discard-message': { id: string };
  'discard-unsendable': Unsendable;
  'copy-text': { text: string };
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
