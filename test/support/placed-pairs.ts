import { chatDirectory } from '../../server/actors/directory.ts';
import { ChatClient, freshName, type Place } from './chat-client.ts';
import type { Scope } from './temp-dir.ts';

type Pair = readonly [ChatClient, ChatClient];

const pairKey = (a: ChatClient, b: ChatClient): string =>
  a.id < b.id ? `${a.id}+${b.id}` : `${b.id}+${a.id}`;

const TRIES_MAX = 200;

/** Pairs of people of whom nothing lives on any shard but one: neither of the two, nor their conversation. People
 *  are registered until there are enough, for ids are made by the server. */
export const pairsOn = async (
  scope: Scope,
  place: Place,
  { shard, shards, pairs }: { readonly shard: number; readonly shards: number; readonly pairs: number },
): Promise<readonly Pair[]> => {
  const directory = chatDirectory(shards);
  const isHere = (kind: string, key: string): boolean => directory(`${kind}:${key}`) === `shard:${shard}`;
  const free: ChatClient[] = [];
  const found: Pair[] = [];
  for (let tries = 0; found.length < pairs; tries += 1) {
    if (tries > TRIES_MAX)
      throw new Error(`no ${pairs} pairs on shard ${shard} of ${shards} among ${tries} people`);
    const person = await ChatClient.register(scope, place, freshName('pat'));
    if (!isHere('user', person.id)) continue;
    const at = free.findIndex((other) => isHere('conversation', pairKey(person, other)));
    const [other] = at === -1 ? [] : free.splice(at, 1);
    if (other === undefined) free.push(person);
    else found.push([other, person]);
  }
  return found;
};
