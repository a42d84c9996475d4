import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openReadOnly, openReadWrite } from '../../../server/storage/sqlite/open.ts';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import {
  ReadConnection,
  WriteConnection,
  type Rx,
  type Tx,
} from '../../../server/storage/sqlite/transactions.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

const VALUE = `SELECT value FROM meta WHERE key = 'probe'`;
const SET = `UPDATE meta SET value = ? WHERE key = 'probe'`;

const setUp = (t: Scope) => {
  const dir = tempDir(t);
  openWriter(dir).close();
  const [writing, reading] = [openReadWrite(dir), openReadOnly(dir)];
  t.after(() => {
    reading.close();
    writing.close();
  });
  const [writer, reader] = [new WriteConnection(writing), new ReadConnection(reading)];
  const set = writer.write<[number]>(SET);
  const value = reader.read<[], number>(VALUE).pluck();
  const own = writer.read<[], number>(VALUE).pluck();
  return {
    reading,
    writer,
    reader,
    set,
    value,
    own,
    stored: () => reader.snapshot((rx) => rx.get(value)),
  };
};

describe('snapshots and transactions', () => {
  test('the compiler keeps a write from a snapshot, and a statement from running by itself', (t) => {
    const { writer, reader, set, value } = setUp(t);
    const change = (tx: Tx): void => {
      tx.run(set, 1);
    };
    const changes = (rx: Rx): void => {
      // @ts-expect-error: an Rx is no right to write
      change(rx);
    };
    const queries = (rx: Rx): void => {
      // @ts-expect-error: what writes is no query
      rx.get(set, 1);
    };
    // @ts-expect-error: an Rx has no method that writes
    const runs = (rx: Rx): unknown => rx.run;
    // @ts-expect-error: a statement runs only with an Rx
    const runsAlone = (): unknown => value.get;
    // @ts-expect-error: nor does it give an iterator
    const iterates = (): unknown => value.iterate;
    // @ts-expect-error: a connection that reads prepares no writes
    const writes = (): unknown => reader.write;
    for (const breach of [changes, queries, runs, runsAlone, iterates, writes])
      assert.equal(typeof breach, 'function', 'they are for the compiler, and never called');
    writer.transaction(change);
    assert.equal(
      reader.snapshot((rx) => rx.get(value)),
      1,
    );
  });

  test('what a query throws is told, though SQLite has ended its snapshot by itself', (t) => {
    const { reading, reader, value, stored } = setUp(t);
    const fault = new Error('the disk cannot be read');
    const broken = (): unknown =>
      reader.snapshot((rx) => {
        rx.get(value);
        // As SQLite does after a fault of the disk.
        reading.exec('ROLLBACK');
        throw fault;
      });
    assert.throws(broken, (error) => error === fault);
    assert.equal(typeof stored(), 'number');
  });

  test('a snapshot sees one moment, though another commits in between', (t) => {
    const { writer, reader, set, value, stored } = setUp(t);
    reader.snapshot((rx) => {
      const before = rx.get(value);
      writer.transaction((tx) => {
        tx.run(set, 7);
      });
      assert.equal(rx.get(value), before);
      assert.notEqual(before, 7);
    });
    assert.equal(stored(), 7);
  });

  test('the right ends with the snapshot or transaction, also when that fails', (t) => {
    const { writer, reader, set, value, own } = setUp(t);
    let kept: Rx | undefined;
    const keep = (rx: Rx): never => {
      kept = rx;
      throw new Error('it fails');
    };
    assert.throws(() => reader.snapshot(keep), /it fails/);
    assert.throws(() => kept?.get(value), /after its end/);
    assert.ok(reader.isUsable());
    let keptTx: Tx | undefined;
    writer.transaction((tx) => (keptTx = tx));
    assert.throws(() => keptTx?.run(set, 9), /after its end/);
    assert.throws(() => keptTx?.get(own), /after its end/);
  });

  test('a query of one statement needs no snapshot, and runs no second one', (t) => {
    const { reading, reader, value } = setUp(t);
    assert.equal(
      reader.single((rx) => {
        assert.equal(reading.inTransaction, false);
        return rx.get(value);
      }),
      0,
    );
    assert.throws(
      () =>
        reader.single((rx) => {
          rx.get(value);
          return rx.get(value);
        }),
      /after its end/,
    );
    assert.throws(() => {
      let kept: Rx | null = null;
      reader.single((rx) => (kept = rx));
      (kept as Rx | null)?.get(value);
    }, /after its end/);
  });

  test('a transaction that throws leaves nothing; a savepoint that throws leaves the rest', (t) => {
    const { writer, set, own, stored } = setUp(t);
    const fails = (): never => {
      throw new Error('it fails');
    };
    const before = stored();
    assert.throws(() => {
      writer.transaction((tx) => {
        tx.run(set, 21);
        fails();
      });
    }, /it fails/);
    assert.equal(stored(), before);
    writer.transaction((tx) => {
      tx.run(set, 22);
      assert.throws(() => {
        writer.savepoint(() => {
          tx.run(set, 23);
          fails();
        });
      }, /it fails/);
      assert.equal(tx.get(own), 22);
    });
    assert.equal(stored(), 22);
  });

  test('what writes cannot be prepared as a read', (t) => {
    const { writer } = setUp(t);
    for (const sql of [SET, 'DELETE FROM meta', 'DELETE FROM meta RETURNING key'])
      assert.throws(() => writer.read(sql), /not a read/);
  });
});
