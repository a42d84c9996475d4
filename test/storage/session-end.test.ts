import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { openReadWrite } from '../../server/storage/sqlite/open.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { SequenceIds } from '../support/sequence-ids.ts';
import { tempDir } from '../support/temp-dir.ts';

test('[P9] a session ends in one small write, however often its tokens were renewed; what was spent goes when its time is over', (t) => {
  const dir = tempDir(t);
  const clock = new ManualClock();
  const writer = openWriter(dir, { clock });
  const db = openReadWrite(dir);
  t.after(() => {
    db.close();
    writer.close();
  });
  const ids = new SequenceIds();
  const [ann, session] = [ids.next(), ids.next()];
  const ttlMs = 1_000;
  const first = { id: session, refreshHash: Buffer.from('0'), ttlMs, ipAddress: '', userAgent: '' };
  const input = {
    id: ann,
    username: 'ann',
    passwordHash: '',
    session: first,
    inviteHash: null,
    signups: null,
  };
  writer.commit([{ type: 'registerUser', input }]);
  writer.commit(
    Array.from({ length: 500 }, (_, n): WriteMessage => {
      const [hash, successorHash] = [Buffer.from(String(n)), Buffer.from(String(n + 1))];
      return { type: 'rotateRefresh', input: { hash, successorHash, ttlMs } };
    }),
  );
  const spent = db.prepare<[], number>('SELECT count(*) FROM spent_refresh_tokens').pluck();
  writer.commit([{ type: 'endSession', input: { userId: ann, sessionId: session } }]);
  assert.equal(spent.get(), 500);
  clock.advance(ttlMs);
  writer.commit([{ type: 'prune', input: { budget: 200 } }]);
  assert.equal(spent.get(), 300);
});
