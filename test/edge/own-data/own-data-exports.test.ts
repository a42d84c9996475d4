import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnDataExports } from '../../../server/edge/own-data/own-data-exports.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { openLog } from '../../../server/runtime/log/log.ts';
import type { StoredSession } from '../../../server/storage/reads.ts';
import { ANNA } from '../../../server/edge/api/documents/examples.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const OWN = { user: { ...ANNA, role: 'user' }, sessions: [], avatar: null } as const;
const who = (n: number) => ({ userId: `user ${String(n)}`, sessionId: `session ${String(n)}` });

const stage = () => {
  const clock = new ManualClock();
  const session: StoredSession = {
    userId: '',
    username: '',
    role: 'user',
    expiresAt: clock.now() + 60_000,
  };
  const state: { session: () => Promise<StoredSession | null> } = { session: () => Promise.resolve(session) };
  const exports = new OwnDataExports({
    read: () => Promise.reject(new Error('nothing is read here')),
    attachments: { read: () => Promise.resolve(null) },
    queries: { session: () => state.session() },
    clock,
    log: openLog('silent', 'test'),
  });
  const begin = (n: number) => exports.begin(who(n), OWN, () => undefined);
  /** Each second on its own, with what is asked in it answered. */
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i += 1) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, session, state, exports, begin, pass };
};
const codeOf = (run: () => unknown): string | null => {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof ParleyError ? error.code : String(error);
  }
};

test('[E3] one export for each user, and four in all', () => {
  const { begin, exports } = stage();
  const running = [1, 2, 3].map(begin);
  assert.equal(
    codeOf(() => begin(2)),
    'too_many_requests',
  );
  running.push(begin(4));
  assert.equal(
    codeOf(() => begin(5)),
    'unavailable',
  );
  running[1]?.ended('sent');
  assert.equal(
    codeOf(() => begin(5)),
    null,
  );
  running[0]?.ended('gone');
  assert.deepEqual(
    [exports.figures.running, exports.figures.ended.sent, exports.figures.ended.gone],
    [3, 1, 1],
  );
  exports.refuse();
  assert.equal(
    codeOf(() => begin(1)),
    'unavailable',
  );
  assert.equal(running[2]?.cut.aborted, false);
  exports.stop();
  assert.equal(running[2].cut.aborted, true);
});

test('[E4] an export goes on while its session is there, and ends within 5 s of its end', async () => {
  const { begin, pass, state, exports, session, clock } = stage();
  const body = begin(1);
  await pass(30);
  assert.equal(body.cut.aborted, false);
  state.session = () => Promise.resolve(null);
  await pass(1);
  assert.equal(body.cut.aborted, true);
  body.ended('cut');
  assert.equal(exports.figures.ended.session, 1);
  state.session = () => Promise.resolve({ ...session, expiresAt: clock.now() });
  const expired = begin(2);
  await pass(1);
  assert.equal(expired.cut.aborted, true);
  expired.ended('cut');
  assert.equal(clock.waiting, 0, 'nothing is looked at any more');
});

test('[E4] a store that cannot be asked for a moment ends no export; one that cannot be asked for longer does', async () => {
  const { begin, pass, state, session } = stage();
  const body = begin(1);
  const good = (): Promise<StoredSession> => Promise.resolve(session);
  for (let round = 0; round < 4; round += 1) {
    state.session = () => Promise.reject(new Error('gone'));
    await pass(2);
    state.session = good;
    await pass(2);
  }
  assert.equal(body.cut.aborted, false);
  // Neither an answer nor a refusal.
  state.session = () => new Promise(() => undefined);
  await pass(5);
  assert.equal(body.cut.aborted, true);
});
