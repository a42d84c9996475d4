import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { systemClock } from '../../../server/runtime/clock.ts';
import { Output } from '../../../server/runtime/log/output.ts';
import { openSink } from '../../../server/runtime/log/sink.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

const gap = (lines: number): string => `${String(lines)} lines are missing\n`;
/** 100 bytes, numbered. */
const lineOf = (n: number): string => `${String(n).padEnd(99, '.')}\n`;
const PIPE_BYTES = 64 * 1024;

/** A pipe whose two ends are ours: `read` takes all that is in it now. */
const pipe = (scope: Scope): { fd: number; read: () => string } => {
  const path = join(tempDir(scope), 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const fd = openSync(path, 'w');
  scope.after(() => {
    closeSync(reader);
    closeSync(fd);
  });
  const bytes = Buffer.alloc(2 * PIPE_BYTES);
  const read = (): string => {
    try {
      return bytes.toString('utf8', 0, readSync(reader, bytes));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
      return '';
    }
  };
  return { fd, read };
};

test('a line is written at once where the reader reads', (t) => {
  const { fd, read } = pipe(t);
  const output = new Output({ sink: openSink(fd), clock: new ManualClock(), gap });
  output.write('one\n');
  assert.equal(read(), 'one\n');
  assert.equal(output.waitingBytes, 0);
});

test('[P9] [X1] at the bound the oldest lines go, each is counted, and one line says how many', (t) => {
  const { fd, read } = pipe(t);
  const clock = new ManualClock();
  const output = new Output({ sink: openSink(fd), clock, gap, maxBytes: 10_000 });
  let written = 0;
  while (output.waitingBytes === 0) output.write(lineOf((written += 1)));
  // One batch is on its way already; behind it there is room for a hundred lines, to the byte.
  const first = written;
  for (let n = 1; n <= 100; n += 1) output.write(lineOf((written += 1)));
  assert.equal(output.dropped, 0);
  assert.equal(output.waitingBytes, 10_100);
  for (let n = 1; n <= 7; n += 1) output.write(lineOf((written += 1)));
  assert.equal(output.dropped, 7);
  assert.equal(output.waitingBytes, 10_100);

  let text = '';
  for (let chunk = read(); chunk !== ''; chunk = read()) {
    text += chunk;
    clock.advance(1_000);
  }
  const lines = text.split('\n').slice(0, -1);
  const numbers = lines.map((line) => Number.parseInt(line, 10));
  assert.equal(lines[first], '7 lines are missing');
  assert.deepEqual(
    numbers.slice(0, first),
    Array.from({ length: first }, (_, n) => n + 1),
  );
  assert.deepEqual(
    numbers.slice(first + 1),
    Array.from({ length: 100 }, (_, n) => first + 8 + n),
  );
  assert.equal(numbers.at(-1), written, 'the newest is there');
  assert.deepEqual([output.waitingBytes, clock.waiting], [0, 0]);
});

test('[P9] a line that is longer than all that may wait is dropped alone', (t) => {
  const { fd, read } = pipe(t);
  const output = new Output({ sink: openSink(fd), clock: new ManualClock(), gap, maxBytes: 50 });
  output.write(lineOf(1));
  assert.equal(output.dropped, 1);
  output.write('short\n');
  assert.equal(read(), '1 lines are missing\nshort\n');
});

test('[X1] at the exit what waits goes out as far as the reader reads, and no further than the time allows', (t) => {
  const { fd, read } = pipe(t);
  const output = new Output({ sink: openSink(fd), clock: systemClock, gap });
  for (let n = 0; n < 1_000; n += 1) output.write(lineOf(n));
  const before = performance.now();
  assert.equal(output.finish(100), true);
  assert.ok(performance.now() - before < 2_000);
  assert.ok(read().length <= PIPE_BYTES);
  output.finish(100);
  assert.match(read(), /^999\.+\n$/m);
});

test('[X1] a file gets everything, also at the exit', async (t) => {
  const path = join(tempDir(t), 'log');
  const fd = openSync(path, 'w');
  t.after(() => {
    closeSync(fd);
  });
  const output = new Output({ sink: openSink(fd), clock: systemClock, gap });
  for (let n = 0; n < 1_000; n += 1) output.write(lineOf(n));
  assert.ok(output.waitingBytes > 0, 'nobody waited for the disk');
  await eventually('the file to have it', () => output.waitingBytes === 0);
  output.write(lineOf(1_000));
  output.write(lineOf(1_001));
  output.finish(100);
  const expected = Array.from({ length: 1_002 }, (_, n) => lineOf(n));
  const written = () => readFileSync(path, 'utf8').match(/.*\n/g) ?? [];
  await eventually('the last write', () => written().length >= expected.length);
  assert.deepEqual(written().slice(0, 1_000), expected.slice(0, 1_000), 'in order');
  assert.deepEqual(written().sort(), expected.sort());
});

test('[P8] a file on a full disk keeps its lines until there is room', async (t) => {
  const disk = SmallDisk.mount(t, 1);
  if (disk === null) {
    t.skip('a disk of its own can’t be mounted here (root and CAP_SYS_ADMIN are needed)');
    return;
  }
  const path = join(disk.path, 'log');
  const fd = openSync(path, 'w');
  const clock = new ManualClock();
  const output = new Output({ sink: openSink(fd), clock, gap });
  disk.fill();
  output.write(lineOf(1));
  await eventually('the write to have failed', () => clock.waiting === 1);
  disk.free();
  clock.advance(1_000);
  await eventually('the line to be there', () => readFileSync(path, 'utf8') === lineOf(1));
  closeSync(fd);
});

test('a pipe that nobody may open anew is written without blocking all the same', async (t) => {
  const child = spawn(execPath, ['--input-type=module', '-e', BLOCKED_SOCKET], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
});
/** Node connects a child by sockets, and a socket can't be opened by its name. Nobody reads this one. */
const BLOCKED_SOCKET = `
  import { openSink } from ${JSON.stringify(new URL('../../../server/runtime/log/sink.js', import.meta.url).href)};
  const sink = openSink(1);
  while (sink.writeNow(Buffer.alloc(4096, 'x')) > 0);
  process.exit(sink.waits ? 1 : 0);
`;
