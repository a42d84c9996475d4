import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LOGIN_SLOT_MS } from '../../../server/storage/limits.ts';
import type { Writes } from '../../../server/storage/writes.ts';
import { LOGIN_WINDOW_MS } from '../settling.ts';
import { Stage, type StoreFactory } from '../stage.ts';

const MAX_FAILURES = 5;

type Outcome = Writes['settleLogin']['in']['outcome'];

/** Password attempts from one address, as hosts make them. */
class Attempts {
  readonly #stage: Stage;
  readonly #key: string;
  /** Slots that were given and not settled yet. */
  readonly held: string[] = [];
  /** Wrong guesses that reached the hash. */
  guesses = 0;

  constructor(stage: Stage, key: string) {
    this.#stage = stage;
    this.#key = key;
  }

  async enter(): Promise<Writes['enterLogin']['out']> {
    const slot = this.#stage.ids.next();
    const limits = { maxFailures: MAX_FAILURES, windowMs: LOGIN_WINDOW_MS };
    const entry = await this.#stage.do('enterLogin', { key: this.#key, slot, ...limits });
    if (entry.kind === 'entered') this.held.push(slot);
    return entry;
  }

  async settle(outcome: Outcome, username = 'ann'): Promise<number> {
    const slot = this.held.shift() ?? assert.fail('no slot is held');
    if (outcome === 'wrong') this.guesses += 1;
    const input = { key: this.#key, slot, username, outcome, windowMs: LOGIN_WINDOW_MS };
    return (await this.#stage.do('settleLogin', input)).failures;
  }

  /** Tries until it is let in or refused, as the queue of a host does. */
  async attempt(outcome: Outcome): Promise<void> {
    for (;;) {
      const entry = await this.enter();
      if (entry.kind === 'limited') return;
      if (entry.kind === 'wait') continue;
      await this.settle(outcome);
      return;
    }
  }
}

/** A4 Login slots: failures and slots together never exceed the limit. */
export const loginSlotRules = (factory: StoreFactory): void => {
  describe('login slots', () => {
    test('[A4] as many slots as failures are left; a failure takes the place of its slot', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ann');
      const attempts = new Attempts(stage, 'k');
      const start = stage.clock.now();
      for (let i = 0; i < MAX_FAILURES; i += 1) assert.deepEqual(await attempts.enter(), { kind: 'entered' });
      const wait = { kind: 'wait', slots: MAX_FAILURES, firstEndsAt: start + LOGIN_SLOT_MS };
      assert.deepEqual(await attempts.enter(), wait);
      assert.equal((await new Attempts(stage, 'other').enter()).kind, 'entered', 'another address');
      assert.equal(await attempts.settle('wrong'), 1);
      assert.equal((await attempts.enter()).kind, 'wait');
      assert.equal(await attempts.settle('void'), 1);
      assert.deepEqual(await attempts.enter(), { kind: 'entered' });
      for (let failures = 2; failures <= MAX_FAILURES; failures += 1)
        assert.equal(await attempts.settle('wrong'), failures);
      assert.deepEqual(await attempts.enter(), { kind: 'limited', until: start + LOGIN_WINDOW_MS });
      stage.clock.advance(LOGIN_WINDOW_MS - 1);
      assert.equal((await attempts.enter()).kind, 'limited');
      stage.clock.advance(1);
      assert.equal((await attempts.enter()).kind, 'entered');
    });

    test('[A4] slots of a host that died end after 30 s, and not before; a late guess counts nevertheless', async (t) => {
      const stage = await Stage.open(t, factory);
      const attempts = new Attempts(stage, 'k');
      for (let i = 0; i < MAX_FAILURES; i += 1) {
        assert.equal((await attempts.enter()).kind, 'entered');
        stage.clock.advance(1);
      }
      stage.clock.advance(LOGIN_SLOT_MS - MAX_FAILURES - 1);
      assert.equal((await attempts.enter()).kind, 'wait');
      stage.clock.advance(1);
      assert.equal((await attempts.enter()).kind, 'entered');
      assert.equal((await attempts.enter()).kind, 'wait', 'the others live');
      await stage.store.settle();
      assert.equal((await attempts.enter()).kind, 'wait');
      assert.equal(await attempts.settle('wrong'), 1, 'of the slot that has ended');
      stage.clock.advance(LOGIN_SLOT_MS);
      await stage.store.settle();
      for (let i = 1; i < MAX_FAILURES; i += 1) assert.equal((await attempts.enter()).kind, 'entered');
      assert.equal((await attempts.enter()).kind, 'wait');
    });

    test('[A4] a clock that ran ahead leaves no slots in the future, and a window that begins now', async (t) => {
      const stage = await Stage.open(t, factory);
      const attempts = new Attempts(stage, 'k');
      const DAY_MS = 86_400_000;
      stage.clock.advance(DAY_MS);
      for (let i = 0; i < MAX_FAILURES; i += 1) await attempts.enter();
      stage.clock.setBack(DAY_MS);
      const later = new Attempts(stage, 'k');
      for (let i = 0; i < MAX_FAILURES; i += 1) assert.equal((await later.enter()).kind, 'entered');
      stage.clock.advance(DAY_MS);
      for (let i = 0; i < MAX_FAILURES; i += 1) await later.settle('wrong');
      stage.clock.setBack(DAY_MS);
      const until = stage.clock.now() + LOGIN_WINDOW_MS;
      assert.deepEqual(await later.enter(), { kind: 'limited', until });
      stage.clock.advance(60_000);
      assert.deepEqual(await later.enter(), { kind: 'limited', until });
    });

    test('[A4] a restart forgets no failure', async (t) => {
      const stage = await Stage.open(t, factory);
      const attempts = new Attempts(stage, 'k');
      for (let i = 0; i < MAX_FAILURES; i += 1) await attempts.enter();
      for (let i = 0; i < 3; i += 1) await attempts.settle('wrong');
      await stage.store.restart();
      for (let i = 0; i < 2; i += 1) await attempts.settle('wrong');
      assert.equal((await attempts.enter()).kind, 'limited');
    });

    test('[A4] of any attempts in any order no more than the limit are wrong and reach the hash', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ann');
      let addresses = 0;
      const step = fc.oneof(
        fc.constant('enter' as const),
        fc.constantFrom<Outcome>('wrong', 'wrong', 'wrong', 'void'),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const attempts = new Attempts(stage, `k${String((addresses += 1))}`);
          for (const each of steps) {
            if (each === 'enter') await attempts.enter();
            else if (attempts.held.length > 0) await attempts.settle(each);
            assert.ok(attempts.guesses + attempts.held.length <= MAX_FAILURES);
          }
        }),
        { numRuns: 30 },
      );
    });

    test('[A4] of sixty attempts at the same moment five are judged', async (t) => {
      const stage = await Stage.open(t, factory);
      await stage.person('ann');
      const attempts = new Attempts(stage, 'k');
      await Promise.all(Array.from({ length: 20 }, () => attempts.attempt('right')));
      await Promise.all(Array.from({ length: 60 }, () => attempts.attempt('wrong')));
      assert.equal(attempts.guesses, MAX_FAILURES);
    });
  });
};
