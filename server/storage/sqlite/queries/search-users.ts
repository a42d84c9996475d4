import { AFTER_ALL } from '../../presenting/bounds.ts';
import type { Rx } from '../transactions.ts';
import { OWN_ACTIVITY } from './conversations.ts';
import { hasWords, IS_FIRST_WORD } from './name-words.ts';
import type { QueryDeps } from './snapshot-queries.ts';

interface Named {
  readonly row: number;
  readonly name: string;
}

interface SearchUsers {
  /** Living users: those whose usernames begin with the first term, then those that hold it, then those with a word in their display name
   *  that begins with it. */
  named(rx: Rx, viewer: number, terms: readonly string[], limit: number): Named[];
  /** The viewer's listed conversations by the other's name, newest activity first. */
  conversationsWith(rx: Rx, viewer: number, terms: readonly string[], limit: number): Named[];
}

interface Asked {
  readonly first: string;
  readonly terms: string;
  readonly viewer: number;
  readonly limit: number;
}

/** Whether each term of a JSON array is a part of the username of `users u`, or begins a word of the display name. */
const HAS_ALL = hasWords('@terms', 'instr(u.username, term.value) > 0');

/** Usernames are short and folded already: prefixes by the index, parts by reading the index of names through. Deleted names are in
 *  no table that is read here. [P7] */
export const searchUsers = ({ db }: QueryDeps): SearchUsers => {
  const prefix = db.read<Asked & { readonly below: string }, Named>(
    `SELECT u.row, u.username AS name FROM users u
     WHERE u.username >= @first AND u.username < @below AND u.row <> @viewer AND ${HAS_ALL}
     ORDER BY u.username LIMIT @limit + 0`,
  );
  const part = db.read<Asked, Named>(
    `SELECT u.row, u.username AS name FROM users u
     WHERE instr(u.username, @first) > 1 AND u.row <> @viewer AND ${HAS_ALL} ORDER BY u.username LIMIT @limit + 0`,
  );
  const word = db.read<Asked, Named>(
    `SELECT u.row, u.username AS name FROM user_name_words w JOIN users u ON u.row = w.user
     WHERE ${IS_FIRST_WORD} AND instr(u.username, @first) = 0 AND u.row <> @viewer AND ${HAS_ALL}
     ORDER BY w.word, w.user LIMIT @limit + 0`,
  );
  const peers = db.read<Omit<Asked, 'first'>, Named>(
    `SELECT c.row, u.username AS name
     FROM members m JOIN users u ON u.row = m.peer JOIN conversations c ON c.row = m.conversation
     WHERE m.user = @viewer AND u.is_anonymized = 0 AND ${HAS_ALL}
       AND CASE WHEN c.low = m.user THEN c.low_hidden ELSE c.high_hidden END = 0
     ORDER BY m.bucket DESC, ${OWN_ACTIVITY} DESC LIMIT @limit + 0`,
  );

  return {
    named(rx, viewer, terms, limit) {
      const [first = ''] = terms;
      const asked = { first, terms: JSON.stringify(terms), viewer };
      const found = rx.all(prefix, { ...asked, below: first + AFTER_ALL, limit });
      for (const others of [part, word])
        if (found.length < limit) found.push(...rx.all(others, { ...asked, limit: limit - found.length }));
      return found;
    },
    conversationsWith: (rx, viewer, terms, limit) =>
      rx.all(peers, { viewer, terms: JSON.stringify(terms), limit }),
  };
};
