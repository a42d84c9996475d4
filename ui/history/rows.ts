import type { Message } from '../model/model.ts';
import { dayKey } from '../model/text/dates.ts';
import type { RowWindow } from './row-window.ts';

/** One row of a message list, including what depends on its neighbours. */
export interface Row {
  readonly message: Message;
  /** Whether a day heading stands above it. */
  readonly day: boolean;
  /** Whether it is the first or last of several messages that one user sent within a few minutes. */
  readonly first: boolean;
  readonly last: boolean;
  /** Whether the line "new messages" stands above it. */
  readonly unread: boolean;
}

const TOGETHER_MS = 5 * 60_000;

const together = (a: Message, b: Message): boolean =>
  a.mine === b.mine &&
  Date.parse(b.sentAt) - Date.parse(a.sentAt) < TOGETHER_MS &&
  dayKey(a.sentAt) === dayKey(b.sentAt);

/** The index of the message below the line "new messages": the first message of the peer after `unreadAfter`. -1 if
 *  there is no line. */
export const unreadLineAt = (messages: readonly Message[], unreadAfter: number | null): number =>
  unreadAfter === null
    ? -1
    : messages.findIndex(({ mine, seq }) => !mine && seq !== null && seq > unreadAfter);

/** Builds the rows of a window. Their look depends on all messages. `unreadAfter`: the read position when the
 *  conversation was opened; null for no unread line. */
export const rowsOf = (
  messages: readonly Message[],
  unreadAfter: number | null,
  window: RowWindow = { from: 0, to: messages.length },
): readonly Row[] => {
  const line = unreadLineAt(messages, unreadAfter);
  return messages.slice(window.from, window.to).map((message, index) => {
    const at = window.from + index;
    const before = messages[at - 1];
    const after = messages[at + 1];
    const day = before === undefined || dayKey(before.sentAt) !== dayKey(message.sentAt);
    return {
      message,
      day,
      unread: at === line,
      first: day || at === line || !together(before, message),
      last: after === undefined || at + 1 === line || !together(message, after),
    };
  });
};
