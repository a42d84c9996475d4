import type { KindName } from '../rules/event-kinds.ts';
import { KIND } from '../rules/event-kinds.ts';
import type { RecordOf } from './export-record.ts';

type EventName = RecordOf<'event'>['kind'];

/** What an export calls the kinds of events. Those of reactions follow from the records of the reactions. */
const NAMES: Readonly<Record<Exclude<KindName, 'reaction'>, EventName>> = {
  delivered: 'delivered',
  read: 'read',
  conversationCreated: 'conversation_created',
  conversationDeleted: 'conversation_deleted',
  userDeleted: 'user_deleted',
  userUpdated: 'user_updated',
  conversationUpdated: 'conversation_updated',
  userBlocked: 'user_blocked',
  userUnblocked: 'user_unblocked',
};

const BY_NAME = new Map(Object.entries(NAMES).map(([kind, name]) => [name, KIND[kind as KindName]]));
const BY_KIND = new Map([...BY_NAME].map(([name, kind]) => [kind as number, name]));

/** @throws Error for a number that no rule writes */
export const eventNameOf = (kind: number): EventName => {
  const name = BY_KIND.get(kind);
  if (name === undefined) throw new Error(`an event of the unknown kind ${String(kind)}`);
  return name;
};

export const eventKindOf = (name: EventName): number => BY_NAME.get(name) ?? 0;

/** Whether it is about a user, and not about a conversation. */
export const isAboutUser = (name: EventName): boolean => ABOUT_USERS.includes(eventKindOf(name));

const ABOUT_USERS: readonly number[] = [
  ...[KIND.userDeleted, KIND.userUpdated, KIND.userBlocked, KIND.userUnblocked],
];
/** The kinds of these, for statements. */
export const KINDS_ABOUT_USERS = ABOUT_USERS.join(', ');
/** And of those about a conversation that are no receipts. */
export const KINDS_ABOUT_CONVERSATIONS = [
  ...[KIND.conversationCreated, KIND.conversationDeleted, KIND.conversationUpdated],
].join(', ');

export const isReceipt = (name: EventName): boolean => name === 'delivered' || name === 'read';
