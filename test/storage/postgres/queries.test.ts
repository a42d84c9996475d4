import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPostgresQueries } from '../../../server/storage/postgres/queries.ts';
import { withoutPostgres } from '../../support/postgres.ts';
import { seededRandom } from '../../support/random-source.ts';
import { isLong } from '../../support/scale.ts';
import { openSqliteStage } from '../sqlite-stage.ts';
import { askAll } from './ask-all.ts';
import { randomHistory } from './random-history.ts';
import { copyOf, SameAnswers } from './same-answers.ts';

for (let run = 0; run < (isLong ? 20 : 1); run += 1) {
  test(`both stores give the same answers, history ${String(run)}`, { skip: withoutPostgres }, async (t) => {
    const random = seededRandom();
    const { stage, store } = await openSqliteStage(t);
    const subjects = await randomHistory(stage, random, 400, { withAttachments: true });
    stage.clock.advance(5_000);
    const { database } = await copyOf(t, store.dir);
    const ask = new SameAnswers(store.queries, openPostgresQueries(database, stage.clock));
    await ask.same('history');
    await ask.same('probe');
    await askAll(ask, subjects, random);
    t.diagnostic(`${String(ask.compared)} equal answers, ${String(ask.telling)} of them with content`);
    assert.ok(ask.telling > ask.compared / 3);
  });
}
