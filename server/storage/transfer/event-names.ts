import type { KindName } from '../rules/event-kinds.ts';
import { KIND } from '../rules/event-kinds.ts';
import type { RecordOf } from './export-record.ts';

type EventName = RecordOf<'event'>['kind'];

/** What an export calls the kinds of events. */
const NAMES: Readonly<Record<KindName, EventName>> = {
  delivered: 'delivered',
  read: 'read',
  conversationCreated: 'conversation_created',
  conversationDeleted: 'conversation_deleted',
  userDeleted: 'user_deleted',
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

export const isReceipt = (name: EventName): boolean => name === 'delivered' || name === 'read';
