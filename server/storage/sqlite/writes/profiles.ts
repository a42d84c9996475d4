import { DELETED_NAME } from '../../presenting/presenters.ts';
import { nameWordsOf, readsLike } from '../../search/name-words.ts';
import type { Writes } from '../../writes.ts';
import type { Tx } from '../transactions.ts';
import type { MakeWrite, WriteContext } from './context.ts';
import { profileTeller } from './tell-profile.ts';

/** Changes something of a living user, and tells of it if it was another before. */
const changing = <Input extends { readonly userId: string }>(
  context: WriteContext,
  change: (tx: Tx, user: number, input: Input) => boolean,
) => {
  const { users } = context;
  const teller = profileTeller(context);
  return (tx: Tx, input: Input, now: number): Writes['setAvatar']['out'] => {
    const user = users.findLiving(tx, input.userId);
    if (user === null) return { kind: 'not-found' };
    if (!change(tx, user.row, input)) return { kind: 'unchanged' };
    return { kind: 'changed', left: teller.begin(tx, user, now) };
  };
};

/** What is so already is not told [U3]. */
export const changeProfile: MakeWrite<'changeProfile'> = (context) => {
  const { db } = context;
  const find = db
    .read<[number], [string | null, string | null]>('SELECT display_name, about FROM users WHERE row = ?')
    .raw();
  const update = db.write<[string | null, string | null, number]>(
    'UPDATE users SET display_name = ?, about = ? WHERE row = ?',
  );
  const forgetWords = db.write<[number]>('DELETE FROM user_name_words WHERE user = ?');
  const addWord = db.write<[number, string]>('INSERT INTO user_name_words (user, word) VALUES (?, ?)');
  const apply = changing(context, (tx, user, { displayName, about }: Writes['changeProfile']['in']) => {
    const [nameBefore, aboutBefore] = tx.get(find, user) ?? [null, null];
    const name = displayName === undefined ? nameBefore : displayName;
    const text = about === undefined ? aboutBefore : about;
    if (name === nameBefore && text === aboutBefore) return false;
    tx.run(update, name, text, user);
    if (name !== nameBefore) {
      tx.run(forgetWords, user);
      for (const word of nameWordsOf(name)) tx.run(addWord, user, word);
    }
    return true;
  });
  return (tx, input, now) =>
    readsLike(input.displayName ?? '', DELETED_NAME) ? { kind: 'name-refused' } : apply(tx, input, now);
};

export const setAvatar: MakeWrite<'setAvatar'> = (context) => {
  const { db } = context;
  const find = db.read<[number], string | null>('SELECT avatar FROM users WHERE row = ?').pluck();
  const update = db.write<[string | null, number]>('UPDATE users SET avatar = ? WHERE row = ?');
  const remove = db.write<[number]>('DELETE FROM avatars WHERE user = ?');
  const insert = db.write<[number, string, Uint8Array]>(
    'INSERT INTO avatars (user, type, bytes) VALUES (?, ?, ?)',
  );
  return changing(context, (tx, user, { avatar }: Writes['setAvatar']['in']) => {
    const version = avatar?.version ?? null;
    if ((tx.get(find, user) ?? null) === version) return false;
    tx.run(remove, user);
    if (avatar !== null) tx.run(insert, user, avatar.type, avatar.bytes);
    tx.run(update, version, user);
    return true;
  });
};
