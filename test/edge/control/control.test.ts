import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { askServer } from '../../../server/edge/control/control-client.ts';
import { openControl, type ControlDeps } from '../../../server/edge/control/control-server.ts';
import { REQUEST_MAX } from '../../../server/edge/control/messages.ts';
import { controlSocketPath, SOCKET_FILE } from '../../../server/edge/control/socket-path.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import type { Logger } from '../../../server/runtime/log/log.ts';
import { systemClock } from '../../../server/runtime/clock.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

const INVITE = { command: 'invite.create', input: {}, by: { account: 'ada' } } as const;
const INVITE_LINE = JSON.stringify(INVITE);
const answered = (code: string) => ({ ok: true, result: { id: 1, code } });

/** A socket in a folder of its own, and what its server logged. */
const setUp = async (t: Scope, given: Partial<ControlDeps> = {}) => {
  const dataDir = given.dataDir ?? tempDir(t);
  const logged: { readonly msg: string; readonly reason?: string }[] = [];
  const note = (fields: object, msg: string): void => {
    logged.push({ ...fields, msg });
  };
  const log = { info: note, warn: note, error: note } as unknown as Logger;
  const clock = new ManualClock();
  let asked = 0;
  const perform: ControlDeps['perform'] = () => {
    asked += 1;
    return Promise.resolve({ id: 1, code: `code ${String(asked)}` }) as Promise<never>;
  };
  const control = await openControl({ dataDir, perform, clock, log, ...given });
  t.after(() => control.close());
  return { dataDir, path: join(dataDir, SOCKET_FILE), control, clock, logged, asked: () => asked };
};

/** Everything that comes until the other side ends. */
const untilEnd = async (socket: Socket): Promise<string> => {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
  return text;
};

const said = async (path: string, bytes: string | Buffer): Promise<unknown> => {
  const socket = connect(path);
  socket.write(bytes);
  return JSON.parse(await untilEnd(socket)) as unknown;
};

const connected = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });

const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve();
    });
    socket.resume();
  });

describe('the local socket for commands', () => {
  test('is for its owner alone, answers a line with a line, and is gone after the stop', async (t) => {
    const { dataDir, path, control, logged } = await setUp(t);
    assert.ok(lstatSync(path).isSocket());
    assert.equal(lstatSync(path).mode & 0o777, 0o600);
    assert.deepEqual(await askServer(dataDir, INVITE, systemClock), answered('code 1'));
    assert.deepEqual(await said(path, `${INVITE_LINE}\nand more`), answered('code 2'));
    assert.deepEqual(
      logged.map(({ msg }) => msg),
      ['control.command', 'control.command'],
    );
    assert.doesNotMatch(JSON.stringify(logged), /code/);
    await control.close();
    assert.ok(!existsSync(path));
    assert.ok('unreachable' in (await askServer(dataDir, INVITE, systemClock)));
  });

  test('a request that comes in pieces, and a client that ends its side after it', async (t) => {
    const { path } = await setUp(t);
    const socket = connect({ path, allowHalfOpen: true });
    await connected(socket);
    for (const letter of INVITE_LINE) socket.write(letter);
    socket.end('\n');
    assert.equal(await untilEnd(socket), `${JSON.stringify(answered('code 1'))}\n`);
  });

  for (const [what, bytes, words] of [
    ['no JSON', 'invite\n', /does not know that command/],
    [
      'a command of another version',
      '{"command":"dance","input":{},"by":{"account":"ada"}}\n',
      /another version/,
    ],
    [
      'a command that is a property of every object',
      '{"command":"toString","input":{},"by":{"account":"ada"}}\n',
      /another/,
    ],
    ['a field too many', `${INVITE_LINE.slice(0, -1)},"count":2}\n`, /does not know that command/],
    [
      'an input that does not fit',
      INVITE_LINE.replace('{}', '{"count":2}') + '\n',
      /does not know that command/,
    ],
    ['nobody who asks', '{"command":"invite.create","input":{}}\n', /does not know that command/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a]), /does not know that command/],
    ['a line without an end', 'x'.repeat(REQUEST_MAX + 1), /at most 65536 bytes/],
  ] as const)
    test(`${what} is refused in a sentence, and nothing is done`, async (t) => {
      const { path, asked } = await setUp(t);
      const answer = (await said(path, bytes)) as { ok: boolean; message: string };
      assert.equal(answer.ok, false);
      assert.match(answer.message, words);
      assert.equal(asked(), 0);
    });

  test('a command that fails says so; what was not thrown on purpose is for the log alone', async (t) => {
    const failures = [
      new ParleyError('unavailable', 'The server cannot store this now.'),
      new Error('secret path'),
    ];
    const perform: ControlDeps['perform'] = () => Promise.reject(failures.shift() ?? new Error('no more'));
    const { dataDir, logged } = await setUp(t, { perform });
    const ask = () => askServer(dataDir, INVITE, systemClock);
    assert.deepEqual(await ask(), { ok: false, message: 'The server cannot store this now.' });
    assert.deepEqual(await ask(), {
      ok: false,
      message: 'Something went wrong in the server. Its log says what.',
    });
    assert.deepEqual(
      logged.map(({ msg }) => msg),
      ['control.command-failed', 'control.command-failed'],
    );
  });

  test('[P9] a client that says nothing is cut off when its time is over', async (t) => {
    const { path, clock, asked } = await setUp(t);
    const socket = connect(path);
    await connected(socket);
    // Another one is served, so the first has been accepted.
    await said(path, `${INVITE_LINE}\n`);
    const end = ended(socket);
    clock.advance(4_999);
    assert.ok(!socket.destroyed);
    clock.advance(1);
    await end;
    assert.equal(clock.waiting, 0);
    assert.equal(asked(), 1);
  });

  test('[P9] a ninth connection is turned away, and one that ends makes room', async (t) => {
    const { dataDir, path } = await setUp(t);
    const silent = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = connect(path);
        await connected(socket);
        return socket;
      }),
    );
    await assert.rejects(askServer(dataDir, INVITE, systemClock), /has not carried the command out/);
    const [first] = silent;
    assert.ok(first !== undefined);
    const end = ended(first);
    first.end();
    await end;
    assert.deepEqual(await askServer(dataDir, INVITE, systemClock), answered('code 1'));
    for (const socket of silent) socket.destroy();
  });

  test('the stop waits for a command that was accepted, and for nobody who is silent', async (t) => {
    let finish: () => void = () => undefined;
    let performing: () => void = () => undefined;
    const isPerforming = new Promise<void>((resolve) => (performing = resolve));
    const perform: ControlDeps['perform'] = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve({ id: 1, code: 'late' } as never);
        };
        performing();
      });
    const { dataDir, path, control } = await setUp(t, { perform });
    const silent = connect(path);
    await connected(silent);
    const answer = askServer(dataDir, INVITE, systemClock);
    await isPerforming;
    const end = ended(silent);
    const closed = control.close();
    await end;
    finish();
    assert.deepEqual(await answer, answered('late'));
    await closed;
  });

  test('the socket of a server that was killed is replaced; a file of that name stays, and is named in the log', async (t) => {
    const killed = tempDir(t);
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(join(killed, 'another'), resolve);
    });
    // What a kill leaves: a socket whose server is gone. Renamed first, so that closing does not remove it.
    renameSync(join(killed, 'another'), join(killed, SOCKET_FILE));
    await new Promise((resolve) => other.close(resolve));
    assert.match(JSON.stringify(await askServer(killed, INVITE, systemClock)), /nobody listens there/);
    await setUp(t, { dataDir: killed });
    assert.deepEqual(await askServer(killed, INVITE, systemClock), answered('code 1'));

    const taken = tempDir(t);
    writeFileSync(join(taken, SOCKET_FILE), 'mine');
    const { logged } = await setUp(t, { dataDir: taken });
    assert.deepEqual(
      logged.map(({ msg }) => msg),
      ['control.unavailable'],
    );
    assert.match(logged[0]!.reason ?? '', /EADDRINUSE/);
    assert.ok(lstatSync(join(taken, SOCKET_FILE)).isFile());
  });

  test('a path that no socket can have: the server goes on without one, and both sides say why', async (t) => {
    const long = join(tempDir(t), 'x'.repeat(60), 'y'.repeat(60));
    mkdirSync(long, { recursive: true });
    const { logged, control } = await setUp(t, { dataDir: long });
    assert.equal(logged[0]!.msg, 'control.unavailable');
    assert.match(logged[0]!.reason ?? '', /has \d+ bytes, and a socket's path has at most 10[37]/);
    const asked = await askServer(long, INVITE, systemClock);
    assert.ok('unreachable' in asked);
    assert.equal(asked.unreachable, logged[0]!.reason);
    await control.close();
  });

  test('from within a deep folder its relative path serves', (t) => {
    const long = join(tempDir(t), 'x'.repeat(60), 'y'.repeat(60));
    mkdirSync(long, { recursive: true });
    const before = process.cwd();
    t.after(() => {
      process.chdir(before);
    });
    process.chdir(long);
    assert.deepEqual(controlSocketPath(process.cwd()), { path: SOCKET_FILE });
  });
});
