import type { KeptConversation } from '../state/undoable-deletes.ts';
import type { User } from '../../server/protocol/resources.ts';
import type { ProblemCode } from '../net/problem.ts';
import { clockTime, dayName, daysAgo, relativeDay } from '../state/text/dates.ts';
import { isDeleted } from '../state/model.ts';
import { language } from '../strings/locale.ts';
import { strings } from '../strings/strings.ts';

/** People, times and problems in words. */

export const nameOf = (user: User): string => (isDeleted(user) ? strings().deletedUser : user.username);

/** "today 14:03", "Monday 9:12": for "last seen" and sessions. */
export const momentWords = (at: string, now: number): string => {
  const days = daysAgo(at, now);
  const day = days === 0 || days === 1 ? relativeDay(days, language()) : dayName(at, now, language());
  return days < 7 ? `${day} ${clockTime(at, language())}` : day;
};

/** Presence in words; empty where it is not ours to know. */
export const presenceWords = (user: User, now: number): string => {
  const { chat } = strings();
  if (isDeleted(user) || user.status === null) return '';
  if (user.status === 'online') return chat.online;
  return user.last_seen === null ? chat.offline : chat.lastSeen(momentWords(user.last_seen, now));
};

/** What went wrong and what to do, in a sentence. */
export const problemWords = (code: ProblemCode): string => {
  const sentences: Partial<Record<ProblemCode, string>> = strings().problem;
  return sentences[code] ?? strings().problem.other;
};

/** Why a conversation that was to be deleted is still there. */
export const keptWords = ({ why }: KeptConversation, name: string): string => {
  const { chat } = strings();
  return why === 'newMessage' ? chat.keptForMessage(name) : `${chat.notRemoved(name)} ${problemWords(why)}`;
};
