import type { ChatMessage } from '../model.ts';
import { dayKey } from './dates.ts';

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

/** `unreadAfter`: what had been read when the conversation was opened; null for no line. */
export const rowsOf = (messages: readonly ChatMessage[], unreadAfter: number | null): readonly Row[] => {
  let lineDue = unreadAfter !== null;
  const isUnread = (message: ChatMessage): boolean => {
    if (!lineDue || message.mine || message.seq === null || message.seq <= (unreadAfter ?? 0)) return false;
    lineDue = false;
    return true;
  };
  const lines = messages.map(isUnread);
  return messages.map((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    const day = before === undefined || dayKey(before.at) !== dayKey(message.at);
    return {
      message,
      day,
      unread: lines[at] === true,
      first: day || lines[at] === true || !together(before, message),
      last: after === undefined || lines[at + 1] === true || !together(message, after),
    };
  });
};
