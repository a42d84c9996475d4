import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { inRepository } from '../support/desktop-app.ts';
import { testInFull } from '../support/scale.ts';
import { WaitingList } from '../support/waiting-list.ts';
import { tempDir } from '../support/temp-dir.ts';

const TOKEN = `aZ0_-${'t'.repeat(42)}.bY9_-${'c'.repeat(43)}`;
const SCRIPT = inRepository('deploy/desktop/parley-window.bash');
const skip = process.platform === 'win32' ? 'not run: Windows has no launcher' : false;
const ANSWER_MS = 60_000;

interface Call {
  readonly id: string;
  readonly method: string;
  readonly accessToken: string;
}

/** What speaks for Neutralino: its socket, the file of its key, and a process that stands for it. */
const program = async (t: TestContext) => {
  const info = join(tempDir(t), 'auth_info.json');
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sockets, 'listening');
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
  const calls = new WaitingList<Call>();
  const connections = new WaitingList<{ readonly socket: WebSocket; readonly url: string }>();
  sockets.on('connection', (socket, { url }) => {
    socket.on('message', (text: Buffer) => {
      const call = JSON.parse(text.toString()) as Call;
      // Events come in between.
      socket.send('{"data":null,"event":"windowShow"}');
      socket.send(`{"data":{"success":true},"id":"${call.id}","method":"${call.method}"}`);
      calls.add(call);
    });
    connections.add({ socket, url: url ?? '' });
  });
  const { port } = sockets.address() as AddressInfo;
  writeFileSync(info, JSON.stringify({ nlConnectToken: TOKEN.split('.')[1], nlPort: port, nlToken: TOKEN }));
  const stand = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ended = once(stand, 'exit');
  t.after(() => stand.kill());
  const run = (...args: readonly string[]): ChildProcess => {
    const child = spawn('bash', [SCRIPT, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
    t.after(() => child.kill());
    return child;
  };
  const connected = () => connections.take('a connection', ANSWER_MS, () => true);
  return { info, calls, connected, stand, ended, run };
};

const codeOf = async (child: ChildProcess): Promise<unknown> =>
  child.exitCode ?? ((await once(child, 'exit')) as [number])[0];

const watched = async (t: TestContext) => {
  const { info, connected, stand, ended, run } = await program(t);
  const watcher = run('watch', info, String(stand.pid));
  const { socket, url } = await connected();
  assert.equal(url, `/?connectToken=${TOKEN.split('.')[1] ?? ''}`);
  const tell = (event: string, data: unknown = null): void => {
    socket.send(JSON.stringify({ data, event }));
  };
  return { watcher, socket, stand, ended, tell };
};

test('a second start shows the window and brings it to the front', { skip }, async (t) => {
  const { info, calls, run } = await program(t);
  assert.equal(await codeOf(run('show', info)), 0);
  for (const method of ['window.show', 'window.focus']) {
    const call = await calls.take(method, ANSWER_MS, (each) => each.method === method);
    assert.equal(call.accessToken, TOKEN);
  }
});

test('where no program answers, showing it fails', { skip }, async (t) => {
  const { info, run } = await program(t);
  assert.equal(await codeOf(run('show', `${info}.not-there`)), 1);
  writeFileSync(info, JSON.stringify({ nlPort: 9, nlToken: TOKEN }));
  assert.equal(await codeOf(run('show', info)), 1);
});

test(
  'a page that does not answer to the closing of its window does not keep it open',
  { skip },
  async (t) => {
    const { watcher, ended, tell } = await watched(t);
    tell('windowFocus');
    tell('windowClose');
    assert.equal(await codeOf(watcher), 4);
    assert.deepEqual(await ended, [null, 'SIGTERM']);
  },
);

test('a page that is gone: the program is ended, to be started anew', { skip }, async (t) => {
  const { watcher, ended, tell } = await watched(t);
  tell('appClientDisconnect', 1);
  assert.equal(await codeOf(watcher), 3);
  assert.deepEqual(await ended, [null, 'SIGTERM']);
});

test('a window whose page is gone is closed at once', { skip }, async (t) => {
  const { watcher, ended, tell } = await watched(t);
  tell('appClientDisconnect', 1);
  tell('windowClose');
  assert.equal(await codeOf(watcher), 4);
  await ended;
});

testInFull(
  'a page that is loaded anew, and a window that hides, are left alone; the watcher ends with the program',
  { skip },
  async (t) => {
    const { watcher, socket, stand, tell } = await watched(t);
    tell('appClientDisconnect', 1);
    tell('appClientConnect', 2);
    tell('windowClose');
    tell('windowHide');
    // Another one that was connected: the page is still there.
    tell('appClientDisconnect', 2);
    socket.close();
    assert.equal(await codeOf(watcher), 0);
    assert.equal(stand.exitCode, null);
  },
);
