import type { KeptConversation } from '../../account/undoable-deletes.ts';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import type { ProblemCode } from '../../net/problem.ts';
import { clockTime, dayName, daysAgo, relativeDay } from '../../model/text/dates.ts';
import { isDeleted } from '../../model/model.ts';
import { isolated, profileOf, shownName } from '../../model/person.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';

/** Users, times and problems in words. */

/** For an element of its own, which keeps the directions of texts apart. */
export const nameOf = (user: UserResource): string =>
  isDeleted(user) ? strings().deletedUser : shownName(user);

/** The username beside a name: anybody may choose any name, and only the username is theirs alone. Empty where the username is the
 *  name that is shown. */
export const handleOf = (user: UserResource): string =>
  profileOf(user).displayName === null ? '' : `@${user.username}`;

/** For a sentence. */
export const nameIn = (user: UserResource): string => isolated(nameOf(user));

/** "today 14:03", "Monday 9:12": for "last seen" and sessions. */
export const momentWords = (at: string, now: number): string => {
  const days = daysAgo(at, now);
  const day = days === 0 || days === 1 ? relativeDay(days, language()) : dayName(at, now, language());
  return days < 7 ? `${day} ${clockTime(at, language())}` : day;
};

/** Presence in words; empty if the user may not see it. */
export const presenceWords = (user: UserResource, now: number): string => {
  const { chat: conversation } = strings();
  if (isDeleted(user) || user.status === null) return '';
  if (user.status === 'online') return conversation.online;
  return user.last_seen === null
    ? conversation.offline
    : conversation.lastSeen(momentWords(user.last_seen, now));
};

/** A sentence that says what went wrong and what to do. */
export const problemWords = (code: ProblemCode): string => {
  const sentences: Partial<Record<ProblemCode, string>> = strings().problem;
  return sentences[code] ?? strings().problem.other;
};

/** Why a conversation that was to be deleted is still there. */
export const keptWords = ({ why }: KeptConversation, name: string): string => {
  const { chat: conversation } = strings();
  return why === 'newMessage'
    ? conversation.keptForMessage(name)
    : `${conversation.notRemoved(name)} ${problemWords(why)}`;
};
