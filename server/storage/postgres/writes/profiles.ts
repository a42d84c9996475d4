import { DELETED_NAME } from '../../presenting/presenters.ts';
import { nameWordsOf, readsLike } from '../../search/name-words.ts';
import type { Writes } from '../../writes.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { beginTelling, lockToTell } from './tell-profile.ts';

const FIND = statement<[row: number]>('find_user_to_change', 'SELECT row FROM users WHERE id = $1');
const PROFILE = statement<[displayName: string | null, about: string | null, avatar: string | null]>(
  'stored_profile',
  'SELECT display_name, about, avatar FROM users WHERE row = $1',
);
const UPDATE = statement('change_profile', 'UPDATE users SET display_name = $2, about = $3 WHERE row = $1');
const FORGET_WORDS = statement('forget_name_words', 'DELETE FROM user_name_words WHERE user_row = $1');
const ADD_WORDS = statement(
  'add_name_words',
  'INSERT INTO user_name_words (user_row, word) SELECT $1::bigint, unnest($2::text[])',
);
const SET_VERSION = statement('set_avatar_version', 'UPDATE users SET avatar = $2 WHERE row = $1');
const REMOVE_AVATAR = statement('remove_avatar', 'DELETE FROM avatars WHERE user_row = $1');
const ADD_AVATAR = statement('add_avatar', 'INSERT INTO avatars (user_row, type, bytes) VALUES ($1, $2, $3)');

/** Changes something of a living user whose head is locked, and tells of it if it was another before [U3]. */
const changing =
  <Input extends { readonly userId: string }>(
    change: (sql: Sql, user: number, input: Input) => Promise<boolean>,
  ) =>
  async (sql: Sql, input: Input, now: number) => {
    const [found] = await sql.query(FIND, [input.userId]);
    if (found === undefined) return done<Changed>({ kind: 'not-found' });
    const [row] = found;
    const logs = await lockToTell(sql, row);
    if (logs.get(row)?.isLiving !== true) return done<Changed>({ kind: 'not-found' });
    if (!(await change(sql, row, input))) return done<Changed>({ kind: 'unchanged' });
    const { events, left } = await beginTelling(sql, { row, id: input.userId }, logs, now);
    return done<Changed>({ kind: 'changed', left }, events);
  };
type Changed = Writes['setAvatar']['out'];

const storedProfile = async (sql: Sql, user: number) => {
  const [[displayName, about, avatar] = [null, null, null]] = await sql.query(PROFILE, [user]);
  return { displayName, about, avatar };
};

const applyChange = changing(async (sql, user, input: Writes['changeProfile']['in']) => {
  const before = await storedProfile(sql, user);
  const { displayName = before.displayName, about = before.about } = input;
  if (displayName === before.displayName && about === before.about) return false;
  const words =
    displayName === before.displayName
      ? []
      : [sql.run(FORGET_WORDS, [user]), sql.run(ADD_WORDS, [user, nameWordsOf(displayName)])];
  await Promise.all([sql.run(UPDATE, [user, displayName, about]), ...words]);
  return true;
});

export const changeProfile: AccountWrite<'changeProfile'> = async (sql, input, now) =>
  readsLike(input.displayName ?? '', DELETED_NAME)
    ? done({ kind: 'name-refused' })
    : applyChange(sql, input, now);

export const setAvatar: AccountWrite<'setAvatar'> = changing(
  async (sql, user, { avatar }: Writes['setAvatar']['in']) => {
    const before = await storedProfile(sql, user);
    if (before.avatar === (avatar?.version ?? null)) return false;
    await Promise.all([
      sql.run(REMOVE_AVATAR, [user]),
      ...(avatar === null ? [] : [sql.run(ADD_AVATAR, [user, avatar.type, Buffer.from(avatar.bytes)])]),
      sql.run(SET_VERSION, [user, avatar?.version ?? null]),
    ]);
    return true;
  },
);
