import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PRESENCE_GRACE_MS, SOCKETS_PER_USER } from '../../../server/protocol/limits.ts';
import { HOST_KEPT_MS, HOST_SILENT_MS } from '../../../server/storage/limits.ts';
import { HOST, Stage, type StoreFactory } from '../stage.ts';

const OTHER = '00000000-0000-7000-8000-00000000bbbb';

const open = async (...[t, factory]: Parameters<typeof Stage.open>) => {
  const stage = await Stage.open(t, factory);
  const session = stage.session();
  const ann = await stage.person('ann', session);
  const ben = await stage.person('ben');
  await stage.say(ann, ben, 'hi');
  const connect = (options?: Parameters<Stage['connect']>[2]) => stage.connect(ann, session.id, options);
  return { stage, session, ann, ben, connect };
};

/** What the connections of a user at all hosts mean for the user's presence. */
export const connectionRules = (factory: StoreFactory): void => {
  describe('connections', () => {
    test('[S6] online with the first visible connection at any host; told once; the log’s end is answered', async (t) => {
      const { stage, ann, ben, connect } = await open(t, factory);
      const first = await connect();
      const lastSeen = stage.clock.now();
      const online = { userId: ann, status: 'online', lastSeen, isConnected: true };
      assert.deepEqual(first.presence, { ...online, observers: [ben] });
      assert.equal(first.cursor, await stage.queries.headCursor(ann));
      assert.deepEqual(first.evicted, []);
      assert.deepEqual((await connect({ hostId: OTHER })).presence, { ...online, observers: [] });
    });

    test('[S6] offline when the last one of all hosts is gone and the grace time over, unless somebody has come', async (t) => {
      const { stage, ann, ben, connect } = await open(t, factory);
      await connect();
      await connect({ hostId: OTHER });
      assert.equal((await stage.disconnect(ann)).isConnected, true);
      assert.equal((await stage.settleOf(ann)).status, 'online', 'there is one at the other host');
      const left = await stage.disconnect(ann, { hostId: OTHER });
      assert.deepEqual([left.isConnected, left.status, left.observers], [false, 'online', []]);
      await connect();
      assert.deepEqual((await stage.settleOf(ann)).observers, [], 'somebody has come');
      await stage.disconnect(ann);
      const settled = await stage.settleOf(ann);
      assert.deepEqual([settled.status, settled.observers], ['offline', [ben]]);
      assert.deepEqual((await stage.settleOf(ann)).observers, [], 'only the one that changed it tells');
    });

    test('[S8] invisible connections alone are offline at once, leave no trace, and a visible one outweighs them', async (t) => {
      const { stage, ann, ben, connect } = await open(t, factory);
      const hidden = await connect({ visible: false });
      assert.deepEqual([hidden.presence.status, hidden.presence.lastSeen], ['offline', null]);
      const shown = await connect({ hostId: OTHER });
      assert.deepEqual([shown.presence.status, shown.presence.observers], ['online', [ben]]);
      const gone = await stage.disconnect(ann, { hostId: OTHER });
      assert.deepEqual([gone.status, gone.observers, gone.isConnected], ['offline', [ben], true]);
      const show = async (visible: boolean) => {
        const { socketId } = hidden;
        return (await stage.do('showConnection', { userId: ann, socketId, visible, tellAnyway: false }))
          .presence;
      };
      assert.deepEqual([(await show(true)).status, (await show(false)).status], ['online', 'offline']);
    });

    test('[S7] whose answer was lost is told again if asked, though nothing changes', async (t) => {
      const { stage, ann, ben, connect } = await open(t, factory);
      await connect();
      await connect();
      const again = await stage.do('settlePresence', { userId: ann, tellAnyway: true });
      assert.deepEqual([again.presence.status, again.presence.observers], ['online', [ben]]);
    });

    test('[O11] the eleventh connection, at whichever host, makes the oldest give way and names its host', async (t) => {
      const { stage, connect } = await open(t, factory);
      const oldest = await connect({ hostId: OTHER });
      for (let n = 1; n < SOCKETS_PER_USER; n += 1) assert.deepEqual((await connect()).evicted, []);
      const eleventh = await connect();
      assert.deepEqual(eleventh.evicted, [{ socketId: oldest.socketId, hostId: OTHER }]);
      const again = await connect({ socketId: eleventh.socketId });
      assert.deepEqual(again.evicted, [], 'registered again, it is no twelfth');
      assert.equal((await stage.queries.presenceOf([again.presence.userId]))[0]?.status, 'online');
    });

    test('[P6] of a session that has ended, and of a deleted user, no connection opens', async (t) => {
      const { stage, session, ann, connect } = await open(t, factory);
      await connect();
      await stage.do('endSession', { userId: ann, sessionId: session.id });
      const input = { hostId: HOST, userId: ann, sessionId: session.id, socketId: stage.ids.next() };
      const attempt = { ...input, visible: true, ipAddress: '::1', tellAnyway: true };
      assert.deepEqual(await stage.do('openConnection', attempt), { kind: 'ended' });
      await stage.appear(ann);
      await stage.remove(ann);
      assert.deepEqual(await stage.do('openConnection', attempt), { kind: 'ended' });
      assert.deepEqual((await stage.disconnect(ann)).observers, []);
      assert.deepEqual(await stage.settleOf(ann), {
        ...{ userId: ann, status: 'offline', lastSeen: null, isConnected: false, observers: [] },
      });
      await stage.store.settle();
    });

    test('[S6] the users of a host that is silent for more than 4 s are offline; those who are elsewhere too are not', async (t) => {
      const { stage, ann, ben, connect } = await open(t, factory);
      await stage.appear(ben);
      await connect({ hostId: OTHER });
      await stage.say(ben, ann, 'hello');
      await stage.beat(OTHER);
      const session = stage.session();
      await stage.login(ben, session);
      await stage.connect(ben, session.id, { hostId: OTHER });
      stage.clock.advance(HOST_SILENT_MS);
      assert.deepEqual(await stage.beat(), { kind: 'alive', others: [OTHER], abandoned: false });
      stage.clock.advance(1);
      assert.deepEqual(await stage.beat(), { kind: 'alive', others: [], abandoned: true });
      const first = await stage.do('settleAbandoned', { limit: 1 });
      const second = await stage.do('settleAbandoned', { limit: 9 });
      assert.deepEqual([first.more, second.more], [true, false]);
      const states = new Map([...first.presences, ...second.presences].map((each) => [each.userId, each]));
      assert.deepEqual([states.get(ann)?.status, states.get(ann)?.observers], ['offline', [ben]]);
      assert.deepEqual([states.get(ben)?.status, states.get(ben)?.observers], ['online', []]);
      assert.deepEqual(await stage.beat(), { kind: 'alive', others: [], abandoned: false });
      assert.deepEqual(await stage.do('settleAbandoned', { limit: 9 }), { presences: [], more: false });
    });

    test('[S6] nor does a user stay online whose grace time ended after the death of the host that was to settle it', async (t) => {
      const { stage, ann, ben, connect } = await open(t, factory);
      await stage.say(ann, ben, 'hello');
      await connect({ hostId: OTHER });
      await stage.beat(OTHER);
      stage.clock.advance(2_000);
      assert.equal((await stage.disconnect(ann, { hostId: OTHER })).status, 'online');
      stage.clock.advance(PRESENCE_GRACE_MS - 1_000);
      assert.equal((await stage.beat()).abandoned, false, 'the host is dead, and the grace time not over');
      stage.clock.advance(1_000);
      assert.equal((await stage.beat()).abandoned, true);
      const settled = await stage.do('settleAbandoned', { limit: 9 });
      const states = settled.presences.map(({ userId, status, observers }) => [userId, status, observers]);
      assert.deepEqual([states, settled.more], [[[ann, 'offline', [ben]]], false]);
      assert.equal((await stage.beat()).abandoned, false);
    });

    test('a host that was frozen finds itself gone, opens nothing under its old id, and registers with a new one', async (t) => {
      const { stage, session, ann, connect } = await open(t, factory);
      const { socketId } = await connect({ hostId: OTHER });
      stage.clock.advance(HOST_SILENT_MS + 1);
      await stage.beat();
      const silent = await stage.do('heartbeat', { hostId: OTHER, registers: null });
      assert.equal(silent.kind, 'gone');
      assert.equal((await stage.beat(OTHER)).kind, 'gone', 'an id is good for one life');
      const attempt = { hostId: OTHER, userId: ann, sessionId: session.id, socketId, visible: true };
      const opened = await stage.do('openConnection', { ...attempt, ipAddress: '::1', tellAnyway: false });
      assert.deepEqual(opened, { kind: 'gone' });
      // It may register its connections before the others have removed them.
      const anew = stage.ids.next();
      await connect({ hostId: anew, socketId });
      await stage.do('settleAbandoned', { limit: 9 });
      assert.equal((await stage.queries.presenceOf([ann]))[0]?.status, 'online');
      assert.equal((await stage.disconnect(ann, { hostId: anew })).isConnected, false);
      stage.clock.advance(HOST_KEPT_MS + 1);
      await stage.beat();
      assert.equal((await stage.do('heartbeat', { hostId: OTHER, registers: null })).kind, 'gone');
    });
  });
};
