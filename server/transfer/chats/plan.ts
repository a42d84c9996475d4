import type { Ids } from '../../runtime/ids.ts';
import { TransferError } from '../../storage/transfer/transfer-error.ts';
import type { PeopleMap } from './people-map.ts';
import type { Chat, StagedFile } from './stage-items.ts';
import { pairKey, type StoreSurvey } from './survey.ts';
import { freeName, usernameAfter } from './usernames.ts';

/** Somebody of the file, and whom they become. */
export interface PlannedUser {
  /** What the file calls them. */
  readonly person: string;
  readonly name: string;
  readonly id: string;
  readonly username: string;
  readonly isNew: boolean;
}

/** A chat that becomes a conversation. */
export interface PlannedChat {
  readonly number: number;
  readonly users: readonly [string, string];
  readonly conversationId: string;
  /** False if the two have opened a conversation, and written nothing. */
  readonly isNew: boolean;
}

export interface Plan {
  readonly users: readonly PlannedUser[];
  readonly chats: readonly PlannedChat[];
  /** Chats that are left out, and why. */
  readonly refused: readonly { readonly place: string; readonly what: string }[];
  /** People of whom it has to be said who they are, because a user has their name already. */
  readonly undecided: readonly {
    readonly person: string;
    readonly name: string;
    readonly username: string;
  }[];
}

interface Given {
  readonly file: StagedFile;
  /** Messages by chat. */
  readonly counts: ReadonlyMap<number, number>;
  readonly store: StoreSurvey;
  readonly map: PeopleMap;
  readonly ids: Ids;
}

/** Decides who becomes whom, and which chats can be taken. A conversation that holds messages is never added to: what its users have
 *  seen of it would change. @throws TransferError `mapping` */
export const planImport = ({ file, counts, store, map, ids }: Given): Plan => {
  const refused: { place: string; what: string }[] = [];
  const nameOf = (person: string): string => file.names.get(person)?.[0] ?? person;
  const refuse = ({ people, number }: Chat, why: string): void => {
    const place = `the conversation of ${nameOf(people[0])} and ${nameOf(people[1])}`;
    refused.push({ place, what: `${why}, so its messages are left out: ${String(counts.get(number) ?? 0)}` });
  };
  const open = file.chats.filter((chat) => {
    if (!store.importedChats.has(chat.number)) return counts.has(chat.number);
    refuse(chat, 'it has been imported already');
    return false;
  });
  const named = mappedNames(map, file);
  const people = [...new Set(open.flatMap((chat) => chat.people))];
  const { users, undecided } = decide(people, { named, store, ids, names: file.names });
  const chats: PlannedChat[] = [];
  for (const chat of open) {
    const [first, second] = [users.get(chat.people[0]), users.get(chat.people[1])];
    if (first === undefined || second === undefined) continue;
    const found = store.byPair.get(pairKey(first.id, second.id));
    if (found !== undefined && found.messages > 0)
      refuse(
        chat,
        `${first.username} and ${second.username} have written ${String(found.messages)} messages here`,
      );
    else {
      const conversationId = found?.id ?? ids.next();
      const both = [first.id, second.id] as const;
      chats.push({ number: chat.number, users: both, conversationId, isNew: found === undefined });
    }
  }
  const needed = new Set(chats.flatMap((chat) => chat.users));
  return { users: [...users.values()].filter(({ id }) => needed.has(id)), chats, refused, undecided };
};

/** Usernames by the ids of people. @throws TransferError `mapping` */
const mappedNames = (map: PeopleMap, { names, chats }: StagedFile): ReadonlyMap<string, string> => {
  const byName = new Map<string, Set<string>>();
  const note = (name: string, person: string): void => {
    byName.set(name, (byName.get(name) ?? new Set()).add(person));
  };
  for (const [person, all] of names) for (const name of all) note(name, person);
  const everybody = new Set([...names.keys(), ...chats.flatMap(({ people }) => people)]);
  const named = new Map<string, string>();
  for (const [name, username] of map) {
    const found = everybody.has(name) ? [name] : [...(byName.get(name) ?? [])];
    const [person] = found;
    if (person === undefined) throw wrong(`nobody in the file is called ${JSON.stringify(name)}`);
    if (found.length > 1) {
      const ids = found.map((each) => names.get(each)?.at(-1) ?? each).join(', ');
      throw wrong(`several people in the file are called ${JSON.stringify(name)}: name one of ${ids}`);
    }
    if ((named.get(person) ?? username) !== username)
      throw wrong(`${JSON.stringify(name)} is mapped to two users`);
    named.set(person, username);
  }
  return named;
};

interface Known {
  readonly named: ReadonlyMap<string, string>;
  readonly store: StoreSurvey;
  readonly ids: Ids;
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/** Those who are mapped come first, so that nobody else gets a name that was meant for them. */
const decide = (people: readonly string[], { named, store, ids, names }: Known) => {
  const users = new Map<string, PlannedUser>();
  const undecided: Plan['undecided'][number][] = [];
  const holders = new Map<string, string>();
  const take = (person: string, username: string): void => {
    const holder = holders.get(username);
    if (holder !== undefined) throw wrong(`${holder} and ${person} are both mapped to ${username}`);
    holders.set(username, person);
    const known = store.users.get(username);
    if (known === undefined && store.reservedNames.has(username))
      throw wrong(`the name ${username} was that of a deleted user, and nobody gets it again`);
    const name = names.get(person)?.[0] ?? person;
    users.set(person, { person, name, username, id: known ?? ids.next(), isNew: known === undefined });
  };
  for (const person of people) {
    const username = named.get(person);
    if (username !== undefined) take(person, username);
  }
  for (const person of people) {
    if (users.has(person)) continue;
    const all = names.get(person) ?? [];
    const wanted = usernameAfter([...all, person]);
    if (store.users.has(wanted)) undecided.push({ person, name: all[0] ?? person, username: wanted });
    else
      take(
        person,
        freeName(wanted, (name) => isTaken(name, holders, store)),
      );
  }
  return { users, undecided };
};

const isTaken = (name: string, holders: ReadonlyMap<string, string>, store: StoreSurvey): boolean =>
  holders.has(name) || store.users.has(name) || store.reservedNames.has(name);

const wrong = (what: string): TransferError =>
  new TransferError('mapping', `The mapping does not fit: ${what}.`);
