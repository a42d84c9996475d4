import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BackupSchedule, type BackupScheduleOptions } from '../../server/backup/backup-schedule.ts';
import type { Logger } from '../../server/runtime/log/log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { settled } from '../support/settled.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 30, 12);

/** A schedule whose commands make files, and answer as they are told. */
const setUp = (t: Scope, given: Partial<BackupScheduleOptions> = {}) => {
  const dir = given.dir ?? join(tempDir(t), 'backups');
  const clock = new ManualClock(START);
  const logged: string[] = [];
  const ran: string[] = [];
  let answer = { code: 0, stderr: '' };
  const note = (_fields: object, msg: string): void => void logged.push(msg);
  const schedule = new BackupSchedule({
    dir,
    everyMs: 24 * HOUR,
    keep: 3,
    clock,
    log: { info: note, error: note } as unknown as Logger,
    run([command = '', file = '']) {
      ran.push(command);
      if (command === 'backup' && answer.code === 0) writeFileSync(file, 'backup', { flag: 'wx' });
      return Promise.resolve(answer);
    },
    ...given,
  });
  t.after(() => {
    schedule.stop();
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  const fail = (code: number, stderr: string): void => void (answer = { code, stderr });
  return { dir, clock, schedule, ran, logged, pass, fail, files: () => readdirSync(dir).sort() };
};

test('[P11] the first backup follows the start, the next ones the schedule, and each is proven', async (t) => {
  const { schedule, ran, logged, pass, files } = setUp(t);
  schedule.start();
  assert.equal(schedule.lastProvenAt, null);
  await pass(29_999);
  assert.deepEqual(ran, []);
  await pass(1);
  assert.deepEqual(ran, ['backup', 'verify']);
  assert.equal(schedule.lastProvenAt, START + 30_000);
  assert.deepEqual(files(), ['parley-2026-11-30T12-00-30Z.tar']);
  await pass(24 * HOUR - 1);
  assert.equal(ran.length, 2);
  await pass(1);
  assert.deepEqual(files(), ['parley-2026-11-30T12-00-30Z.tar', 'parley-2026-12-01T12-00-30Z.tar']);
  assert.deepEqual(logged, ['backup.proven', 'backup.proven']);
});

test('[P11] the oldest go, those of a clock that was ahead before them; other files stay', async (t) => {
  const { dir, schedule, pass, files } = setUp(t, { dir: tempDir(t) });
  for (const name of ['parley-2027-06-01T00-00-00Z.tar', 'parley-2026-11-28T00-00-00Z.tar', 'notes.txt'])
    writeFileSync(join(dir, name), '');
  writeFileSync(join(dir, 'parley-2026-11-27T00-00-00Z.unproven.tar'), '');
  writeFileSync(join(dir, 'parley-2026-11-27T00-00-00Z.unproven.tar.partial'), '');
  schedule.start();
  assert.equal(schedule.lastProvenAt, Date.UTC(2026, 10, 28), 'a backup of the future is no proof');
  for (let day = 0; day < 3; day += 1) await pass(day === 0 ? 30_000 : 24 * HOUR);
  assert.deepEqual(files(), [
    'notes.txt',
    'parley-2026-11-30T12-00-30Z.tar',
    'parley-2026-12-01T12-00-30Z.tar',
    'parley-2026-12-02T12-00-30Z.tar',
  ]);
});

test('[P11] a restart goes on with the schedule', async (t) => {
  const { dir, schedule, ran, pass } = setUp(t, { dir: tempDir(t) });
  writeFileSync(join(dir, 'parley-2026-11-30T02-00-00Z.tar'), '');
  schedule.start();
  assert.equal(schedule.lastProvenAt, START - 10 * HOUR);
  await pass(14 * HOUR - 1);
  assert.deepEqual(ran, []);
  await pass(1);
  assert.deepEqual(ran, ['backup', 'verify']);
});

test('[P11] a month between two backups, which is longer than one timer can be', async (t) => {
  const spans: number[] = [];
  const clock = new ManualClock(START);
  const after = clock.after.bind(clock);
  clock.after = (ms, run) => {
    spans.push(ms);
    return after(ms, run);
  };
  const { schedule, ran } = setUp(t, { everyMs: 31 * 24 * HOUR, clock });
  schedule.start();
  clock.advance(30_000);
  await settled();
  assert.equal(ran.length, 2);
  clock.advance(31 * 24 * HOUR - 1);
  await settled();
  assert.equal(ran.length, 2);
  clock.advance(1);
  await settled();
  assert.equal(ran.length, 4);
  assert.ok(Math.max(...spans) < 2 ** 31);
});

test('[P11] what could not be made or proven is told, tried again soon, and never counts as a backup', async (t) => {
  const { dir, schedule, logged, pass, fail, files } = setUp(t);
  fail(74, 'the disk is full');
  schedule.start();
  await pass(30_000);
  assert.deepEqual(logged, ['backup.failed']);
  assert.deepEqual([schedule.failures, schedule.lastProvenAt], [1, null]);
  await pass(10 * 60_000);
  assert.equal(schedule.failures, 2);
  fail(0, '');
  await pass(10 * 60_000);
  assert.equal(files().length, 1);
  assert.equal(existsSync(join(dir, 'parley-2026-11-30T12-20-30Z.tar')), true);
  assert.deepEqual(logged, ['backup.failed', 'backup.failed', 'backup.proven']);
});
