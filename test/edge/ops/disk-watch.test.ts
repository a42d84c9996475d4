import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskWatch, fullBelow, lowBelow, type DiskFigures } from '../../../server/edge/ops/disk-watch.ts';
import type { Logger } from '../../../server/runtime/log/log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** A disk of 100 GiB of which the test says how much is free, and the lines that the watch leaves. */
const stage = () => {
  const lines: string[] = [];
  const say = (level: string) => (_facts: object, msg: string) => {
    lines.push(`${level} ${msg}`);
  };
  const log = { info: say('info'), warn: say('warn'), error: say('error') } as unknown as Logger;
  const clock = new ManualClock();
  const disk = { free: 50 * GIB, measure: (): Promise<DiskFigures> => Promise.resolve(figures(disk.free)) };
  const watch = new DiskWatch({ measure: () => disk.measure(), clock, log });
  return { lines, clock, disk, watch };
};
const figures = (freeBytes: number): DiskFigures => ({
  freeBytes,
  totalBytes: 100 * GIB,
  databaseBytes: 3 * MIB,
  walBytes: MIB,
});

test('[X3] the thresholds: 10 % or 1 GiB to warn, 1 % or 64 MiB to be full, and 1 MiB at least', () => {
  const table: readonly (readonly [total: number, low: number, full: number])[] = [
    [8 * MIB, 2 * MIB, MIB],
    [GIB, GIB / 10, GIB / 100],
    [100 * GIB, GIB, 64 * MIB],
  ];
  for (const [total, low, full] of table) assert.deepEqual([lowBelow(total), fullBelow(total)], [low, full]);
});

test('[X3] each change of the disk leaves one line, and a value beside a threshold no further one', async () => {
  const { lines, disk, watch } = stage();
  const at = async (free: number): Promise<string> => {
    disk.free = free;
    return await watch.look();
  };
  assert.equal(await at(50 * GIB), 'ok');
  assert.deepEqual(lines, []);
  assert.equal(await at(GIB - 1), 'low');
  for (const free of [GIB, GIB - 1, 1.2 * GIB, GIB]) assert.equal(await at(free), 'low');
  assert.equal(await at(64 * MIB - 1), 'full');
  for (const free of [64 * MIB, 0, 79 * MIB]) assert.equal(await at(free), 'full');
  assert.equal(await at(80 * MIB), 'low');
  assert.equal(await at(2 * GIB), 'ok');
  assert.deepEqual(lines, ['warn disk.low', 'error disk.full', 'warn disk.low', 'info disk.ok']);
  assert.equal(watch.figures?.freeBytes, 2 * GIB);
});

test('[X3] a disk that can’t be looked at, or hangs, is unknown, and says so once', async () => {
  const { lines, clock, disk, watch } = stage();
  const works = disk.measure;
  disk.measure = () => Promise.reject(Object.assign(new Error('no'), { code: 'EIO' }));
  assert.deepEqual([await watch.look(), await watch.look()], ['unknown', 'unknown']);
  disk.measure = works;
  assert.equal(await watch.look(), 'ok');
  let hung = 0;
  disk.measure = () => {
    hung += 1;
    return new Promise(() => undefined);
  };
  const [first, second] = [watch.look(), watch.look()];
  clock.advance(5_000);
  assert.deepEqual([await first, await second], ['unknown', 'unknown']);
  const third = watch.look();
  clock.advance(5_000);
  assert.equal(await third, 'unknown');
  assert.equal(hung, 1, 'a look that hangs is not joined by more of them');
  assert.deepEqual(lines, ['error disk.unknown', 'info disk.ok', 'error disk.unknown']);
});

test('[X3] it looks by itself, and no longer once it is stopped', async () => {
  const { lines, clock, disk, watch } = stage();
  watch.start();
  await watch.look();
  disk.free = 0;
  clock.advance(10_000);
  await watch.look();
  assert.deepEqual(lines, ['error disk.full']);
  watch.stop();
  assert.equal(clock.waiting, 0);
});
