import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettingsSender } from '../../../ui/account/settings-sender.ts';
import type { HttpCall } from '../../../ui/net/http.ts';
import { ApiProblem, type ProblemCode } from '../../../ui/net/problem.ts';
import { settled } from '../../support/settled.ts';
import { atMinute, CHAT, idOf, settingsFrame } from '../sample.ts';
import { listed, SyncStage } from '../sync-stage.ts';

/** A sender whose requests are answered by the test. */
const stage = async () => {
  const { sync, socket } = await SyncStage.live(3);
  const calls: HttpCall[] = [];
  const waiting: { accept: (answer: unknown) => void; refuse: (code: ProblemCode) => void }[] = [];
  const signed = <T>(call: HttpCall): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      calls.push(call);
      waiting.push({
        accept: (answer) => {
          resolve(answer as T);
        },
        refuse: (code) => {
          reject(new ApiProblem(code, ''));
        },
      });
    });
  const sender = new SettingsSender({ api: { signed }, sync });
  const shown = () => {
    const { pinned, archived, mutedUntil } = sync.model.get().conversations.get(CHAT) ?? {};
    return { pinned, archived, mutedUntil };
  };
  return { sender, sync, socket, calls, waiting, shown };
};
const DEFAULTS = { pinned: false, archived: false, mutedUntil: null };

test('a change is shown at once, and sent by its names on the wire', async () => {
  const { sender, calls, waiting, shown } = await stage();
  const done = sender.change(CHAT, { mutedUntil: atMinute(9) });
  assert.deepEqual(shown(), { ...DEFAULTS, mutedUntil: atMinute(9) });
  await settled();
  assert.deepEqual(calls, [
    { method: 'PATCH', path: `/conversations/${CHAT}`, body: { muted_until: atMinute(9) } },
  ]);
  waiting[0]?.accept(listed({ muted_until: atMinute(9) }));
  assert.equal(await done, null);
  assert.deepEqual(shown(), { ...DEFAULTS, mutedUntil: atMinute(9) });
});

test('what the server refuses, or does not hear, is as it was', async () => {
  for (const code of ['too_many_requests', 'offline', 'not_found'] as const) {
    const { sender, waiting, shown } = await stage();
    const done = sender.change(CHAT, { archived: true });
    assert.equal(shown().archived, true);
    await settled();
    waiting[0]?.refuse(code);
    assert.equal(await done, code);
    assert.deepEqual(shown(), DEFAULTS);
  }
});

test('a refusal does not undo what another device has set meanwhile', async () => {
  const { sender, socket, waiting, shown } = await stage();
  const done = sender.change(CHAT, { pinned: true, archived: true });
  await settled();
  socket.says(settingsFrame(4, listed({ pinned: false, archived: true, muted_until: atMinute(5) })));
  waiting[0]?.refuse('unavailable');
  await done;
  assert.deepEqual(shown(), { pinned: false, archived: false, mutedUntil: atMinute(5) });
});

test('changes of one conversation are sent one after the other, so that the last one counts', async () => {
  const { sender, calls, waiting, shown } = await stage();
  const first = sender.change(CHAT, { pinned: true });
  const second = sender.change(CHAT, { pinned: false });
  await settled();
  assert.equal(calls.length, 1);
  waiting[0]?.refuse('timeout');
  assert.equal(await first, 'timeout');
  await settled();
  assert.deepEqual(calls.at(1)?.body, { pinned: false });
  waiting[1]?.accept(listed());
  assert.equal(await second, null);
  assert.equal(shown().pinned, false);
});

test('while there is a connection the events tell what became of it; without one the answer does', async () => {
  const { sender, socket, sync, waiting, shown } = await stage();
  const live = sender.change(CHAT, { pinned: true });
  await settled();
  // Another device has archived it since, and this answer is older than that event.
  socket.says(settingsFrame(4, listed({ pinned: true, archived: true })));
  waiting[0]?.accept(listed({ pinned: true }));
  await live;
  assert.deepEqual([shown().pinned, shown().archived], [true, true]);
  socket.drop();
  assert.notEqual(sync.connection.get().phase, 'live');
  const blocked = sender.change(CHAT, { archived: false });
  await settled();
  waiting[1]?.accept(listed({ pinned: false, archived: false }));
  await blocked;
  assert.deepEqual([shown().pinned, shown().archived], [false, false]);
});

test('a conversation that is gone is not changed', async () => {
  const { sender, calls } = await stage();
  assert.equal(await sender.change(idOf(8), { pinned: true }), 'not_found');
  assert.deepEqual(calls, []);
});
