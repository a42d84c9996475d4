import type { BlockRecords } from '../../rules/records.ts';
import type { Tx, WriteStatements } from '../transactions.ts';

/** The blocks as the rules of writes see them. */
export class Blocks implements BlockRecords<Tx> {
  readonly #find;
  readonly #count;
  readonly #insert;
  readonly #remove;

  constructor(db: WriteStatements) {
    this.#find = db
      .read<[number, number], number>('SELECT 1 FROM blocks WHERE user = ? AND peer = ?')
      .pluck();
    this.#count = db.read<[number], number>('SELECT count(*) FROM blocks WHERE user = ?').pluck();
    this.#insert = db.write<[number, number, number]>('INSERT INTO blocks (user, peer, at) VALUES (?, ?, ?)');
    this.#remove = db.write<[number, number]>('DELETE FROM blocks WHERE user = ? AND peer = ?');
  }

  has(tx: Tx, user: number, peer: number): boolean {
    return tx.get(this.#find, user, peer) !== undefined;
  }

  count(tx: Tx, user: number): number {
    return tx.get(this.#count, user) ?? 0;
  }

  add(tx: Tx, user: number, peer: number, at: number): void {
    tx.run(this.#insert, user, peer, at);
  }

  remove(tx: Tx, user: number, peer: number): void {
    tx.run(this.#remove, user, peer);
  }
}
