import type { NewReaction, ReactedMessage, ReactionRecord, Records } from '../../rules/records.ts';
import type { Tx, WriteStatements } from '../transactions.ts';

type RawChange = [row: number, emoji: string | null, at: number, cursor: number];

/** The reactions as the rules of writes see them. */
export class Reactions implements Pick<Records<Tx>['reactions'], 'current' | 'add'> {
  readonly #current;
  readonly #supersede;
  readonly #insert;

  constructor(db: WriteStatements) {
    this.#current = db
      .read<[number, number, number], RawChange>(
        `SELECT row, emoji, at, cursor FROM reactions
         WHERE conversation = ? AND seq = ? AND user = ? AND is_current = 1`,
      )
      .raw();
    this.#supersede = db.write<[number]>('UPDATE reactions SET is_current = 0 WHERE row = ?');
    this.#insert = db.write<[number, number, number, number, string | null, number, number, number]>(
      `INSERT INTO reactions (conversation, seq, message, user, emoji, at, cursor, peer_cursor, is_current)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)`,
    );
  }

  current(tx: Tx, { record, seq }: ReactedMessage, user: number): ReactionRecord | null {
    const found = tx.get(this.#current, record.row, seq, user);
    if (found === undefined) return null;
    const [row, emoji, at, cursor] = found;
    return { row, emoji, at, cursor };
  }

  add(tx: Tx, message: ReactedMessage, change: NewReaction, former: ReactionRecord | null): number {
    if (former !== null) tx.run(this.#supersede, former.row);
    const { user, emoji, at, cursor, peerCursor } = change;
    const inserted = tx.run(
      this.#insert,
      ...([message.record.row, message.seq, message.row, user] as const),
      ...([emoji, at, cursor, peerCursor] as const),
    );
    return Number(inserted.lastInsertRowid);
  }
}
