import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflatingBuffer } from '../../../server/actors/connection/conflating-buffer.ts';
import { FakeSocket } from '../../support/fake-socket.ts';

const about = (person: string, state: string) =>
  ({ type: 'ephemeral', about: person, frame: JSON.stringify({ type: `${person} ${state}` }) }) as const;

test('[P9] a full socket gets the newest state of each person when it has room, and no moment gone by', () => {
  const socket = new FakeSocket();
  const late = new ConflatingBuffer();
  socket.room = 0;
  late.offer(about('a', 'online'), socket);
  late.offer(about('b', 'online'), socket);
  late.offer(about('a', 'offline'), socket);
  late.offer({ type: 'ephemeral', frame: '{"type":"typing"}' }, socket);
  assert.deepEqual(socket.taken(), []);
  socket.room = 10;
  late.offer(about('b', 'offline'), socket);
  late.release(socket);
  assert.deepEqual(socket.taken(), ['b offline', 'a offline']);
});
