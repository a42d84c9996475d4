import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { say } from '../support/say.ts';
import { count } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** Left to the server beyond what it has open, and how many come. */
const ROOM = 20;
const COMING = 200;

const limit = (pid: number): boolean => {
  try {
    const open = readdirSync(`/proc/${String(pid)}/fd`).length;
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${String(open + ROOM)}`], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
};

test('[P9] more connections than the process may open: who is in is served, and others get in once there is room', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  assert.equal((await ben.http('GET', '/conversations')).status, 200);
  if (!limit(server.run.pid)) {
    t.skip('not run: prlimit or /proc is not there');
    return;
  }
  const { hostname, port } = new URL(server.url);
  const sockets: Socket[] = Array.from({ length: COMING }, () =>
    connect(Number(port), hostname).on('error', () => undefined),
  );
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let i = 0; i < 20; i += 1) {
    const { payload } = await say(a.socket, ben, `still here ${String(i)}`);
    await b.socket.next('message', (frame) => frame.payload.message_id === payload.message_id);
  }
  for (const socket of sockets) socket.destroy();
  await eventually('a new one to be let in', () =>
    http('GET', `${server.url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  await a.socket.roundTrip();
  count(t, 'descriptors', { room: ROOM, connections: COMING });
});
