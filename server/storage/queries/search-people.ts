import type { Connection } from '../open.ts';
import { OWN_ACTIVITY } from './conversations.ts';

interface Named {
  readonly row: number;
  readonly name: string;
}

interface SearchPeople {
  /** Living people, names that begin with the first term first. */
  named(viewer: number, terms: readonly string[], limit: number): Named[];
  /** The viewer's listed conversations by the other's name, newest activity first. */
  conversationsWith(viewer: number, terms: readonly string[], limit: number): Named[];
}

const AFTER_ALL = '\u{10FFFF}';

/** Names are short and folded already: prefixes by the index, parts by reading the index of names through. Deleted names are in
 *  no table that is read here. [P7] */
export const searchPeople = (db: Connection): SearchPeople => {
  const prefix = db.prepare<[string, string, number], Named>(
    'SELECT row, username AS name FROM users WHERE username >= ? AND username < ? AND row <> ? ORDER BY username',
  );
  const part = db.prepare<[string, number], Named>(
    'SELECT row, username AS name FROM users WHERE instr(username, ?) > 1 AND row <> ? ORDER BY username',
  );
  const peers = db.prepare<[number, string], Named & { hidden: number }>(
    `SELECT c.row, u.username AS name, CASE WHEN c.low = m.user THEN c.low_hidden ELSE c.high_hidden END AS hidden
     FROM members m JOIN users u ON u.row = m.peer JOIN conversations c ON c.row = m.conversation
     WHERE m.user = ? AND instr(u.username, ?) > 0 ORDER BY m.bucket DESC, ${OWN_ACTIVITY} DESC`,
  );
  const hasAll = (name: string, terms: readonly string[]): boolean =>
    terms.every((term) => name.includes(term));

  return {
    named(viewer, terms, limit) {
      const [first = ''] = terms;
      const found: Named[] = [];
      for (const statement of [
        prefix.iterate(first, first + AFTER_ALL, viewer),
        part.iterate(first, viewer),
      ]) {
        for (const person of statement) {
          if (found.length >= limit) break;
          if (hasAll(person.name, terms)) found.push(person);
        }
        if (found.length >= limit) break;
      }
      return found;
    },
    conversationsWith(viewer, terms, limit) {
      const found: Named[] = [];
      for (const conversation of peers.iterate(viewer, terms[0] ?? '')) {
        if (found.length >= limit) break;
        if (conversation.hidden === 0 && hasAll(conversation.name, terms)) found.push(conversation);
      }
      return found;
    },
  };
};
