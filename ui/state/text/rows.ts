import type { ChatMessage } from '../model.ts';
import { dayKey } from './dates.ts';
import type { RowWindow } from './row-window.ts';

/** One row of a message list, with what its neighbours decide about it. */
export interface Row {
  readonly message: ChatMessage;
  /** A day begins above it. */
  readonly day: boolean;
  /** The first, or last, of a run of one person within a few minutes. */
  readonly first: boolean;
  readonly last: boolean;
  /** The line "new messages" stands above it. */
  readonly unread: boolean;
}

const TOGETHER_MS = 5 * 60_000;

const together = (a: ChatMessage, b: ChatMessage): boolean =>
  a.mine === b.mine && Date.parse(b.at) - Date.parse(a.at) < TOGETHER_MS && dayKey(a.at) === dayKey(b.at);

/** Where the line "new messages" stands: above the first message of the other person after `unreadAfter`. -1: nowhere. */
export const unreadLineAt = (messages: readonly ChatMessage[], unreadAfter: number | null): number =>
  unreadAfter === null
    ? -1
    : messages.findIndex(({ mine, seq }) => !mine && seq !== null && seq > unreadAfter);

/** `unreadAfter`: what had been read when the conversation was opened; null for no line. `window`: the rows that are
 *  wanted; what they look like is decided by all messages. */
export const rowsOf = (
  messages: readonly ChatMessage[],
  unreadAfter: number | null,
  window: RowWindow = { from: 0, to: messages.length },
): readonly Row[] => {
  const line = unreadLineAt(messages, unreadAfter);
  return messages.slice(window.from, window.to).map((message, index) => {
    const at = window.from + index;
    const before = messages[at - 1];
    const after = messages[at + 1];
    const day = before === undefined || dayKey(before.at) !== dayKey(message.at);
    return {
      message,
      day,
      unread: at === line,
      first: day || at === line || !together(before, message),
      last: after === undefined || at + 1 === line || !together(message, after),
    };
  });
};
