import type { User } from '../../server/protocol/resources.ts';
import type { Preferences } from '../state/preferences.ts';
import type { Panel } from '../state/trail.ts';
import type { Unsendable } from '../state/unsendable.ts';

/** Every event an element sends upwards, by name: what a shell does with it is not the element's matter. */
export interface Emitted {
  'open-chat': { chatId: string; seq?: number };
  'open-person': { user: User };
  'leave-chat': undefined;
  'remove-chat': { chatId: string };
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
  /** So much is loaded that what is far from the end can go. */
  'let-go': undefined;
  'retry-history': undefined;
  'dismiss-history': undefined;
  'jump-unread': undefined;
  seen: { seq: number };
  'focus-messages': undefined;
  'focus-composer': undefined;
  /** `chatId`: search only in this conversation. */
  'open-panel': { panel: Panel | 'settings'; chatId?: string };
  'close-panel': undefined;
  /** Of `Layer`, which says what it is for. */
  'open-layer': { close: () => void; opened: (closed: () => void) => void };
  'search-within': { chatId: string | null };
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

/** Sends an event that crosses shadow roots. */
export const emit = <N extends keyof Emitted>(
  from: HTMLElement,
  name: N,
  ...detail: undefined extends Emitted[N] ? [] : [Emitted[N]]
): void => {
  from.dispatchEvent(new CustomEvent(name, { detail: detail[0], bubbles: true, composed: true }));
};
