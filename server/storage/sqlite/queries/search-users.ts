import { AFTER_ALL } from '../../presenting/bounds.ts';
import type { Rx } from '../transactions.ts';
import { OWN_ACTIVITY } from './conversations.ts';
import type { QueryDeps } from './snapshot-queries.ts';

interface Named {
  readonly row: number;
  readonly name: string;
}

interface SearchUsers {
  /** Living users, names that begin with the first term first. */
  named(rx: Rx, viewer: number, terms: readonly string[], limit: number): Named[];
  /** The viewer's listed conversations by the other's name, newest activity first. */
  conversationsWith(rx: Rx, viewer: number, terms: readonly string[], limit: number): Named[];
}

/** Whether a name holds all terms of a JSON array. */
const HAS_ALL = `NOT EXISTS (SELECT 1 FROM json_each(?) term WHERE instr(username, term.value) = 0)`;

/** Names are short and folded already: prefixes by the index, parts by reading the index of names through. Deleted names are in
 *  no table that is read here. [P7] */
export const searchUsers = ({ db }: QueryDeps): SearchUsers => {
  const prefix = db.read<[string, string, number, string, number], Named>(
    `SELECT row, username AS name FROM users
     WHERE username >= ? AND username < ? AND row <> ? AND ${HAS_ALL} ORDER BY username LIMIT ? + 0`,
  );
  const part = db.read<[string, number, string, number], Named>(
    `SELECT row, username AS name FROM users
     WHERE instr(username, ?) > 1 AND row <> ? AND ${HAS_ALL} ORDER BY username LIMIT ? + 0`,
  );
  const peers = db.read<[number, string, string, number], Named>(
    `SELECT c.row, u.username AS name
     FROM members m JOIN users u ON u.row = m.peer JOIN conversations c ON c.row = m.conversation
     WHERE m.user = ? AND instr(u.username, ?) > 0 AND ${HAS_ALL}
       AND CASE WHEN c.low = m.user THEN c.low_hidden ELSE c.high_hidden END = 0
     ORDER BY m.bucket DESC, ${OWN_ACTIVITY} DESC LIMIT ? + 0`,
  );

  return {
    named(rx, viewer, terms, limit) {
      const [first = ''] = terms;
      const all = JSON.stringify(terms);
      const found = rx.all(prefix, first, first + AFTER_ALL, viewer, all, limit);
      if (found.length < limit) found.push(...rx.all(part, first, viewer, all, limit - found.length));
      return found;
    },
    conversationsWith(rx, viewer, terms, limit) {
      return rx.all(peers, viewer, terms[0] ?? '', JSON.stringify(terms), limit);
    },
  };
};
