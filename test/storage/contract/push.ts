import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOST_SILENT_MS } from '../../../server/storage/limits.ts';
import { HOST, Stage, type StoreFactory } from '../stage.ts';

const OTHER = '00000000-0000-7000-8000-00000000bbbb';
const DAY_MS = 86_400_000;

const at = (endpoint: string, showText = false) => ({
  endpoint: `https://push.example/${endpoint}`,
  p256dh: `key of ${endpoint}`,
  auth: `secret of ${endpoint}`,
  showText,
});

const open = async (...[t, factory]: Parameters<typeof Stage.open>) => {
  const stage = await Stage.open(t, factory);
  const [phone, desk] = [stage.session(), stage.session()];
  const ann = await stage.person('ann', phone);
  const ben = await stage.person('ben');
  await stage.login(ann, desk);
  const subscribe = (sessionId: string, subscription: ReturnType<typeof at>, userId = ann) =>
    stage.do('subscribePush', { userId, sessionId, subscription });
  const unsubscribe = (sessionId: string, endpoint?: string) =>
    stage.do('unsubscribePush', { userId: ann, sessionId, ...(endpoint !== undefined && { endpoint }) });
  const told = async (recipientId = ann) =>
    (await stage.queries.pushAudiences([{ senderId: ben, recipientId }], HOST))[0]?.subscriptions.map(
      ({ sessionId: _, ...subscription }) => subscription,
    );
  return { stage, phone, desk, ann, ben, subscribe, unsubscribe, told };
};

/** Push subscriptions:
 *  N2 One for each session, which replaces the earlier one; an endpoint belongs to the session that named it last; it ends with its
 *     session.
 *  N3 Whoever has a visible connection at another host is told nothing. */
export const pushRules = (factory: StoreFactory): void => {
  describe('push subscriptions', () => {
    subscriptionRules(factory);
    audienceRules(factory);
  });
};

const subscriptionRules = (factory: StoreFactory): void => {
  test('[N2] a session has one subscription, which replaces the earlier one and can be ended', async (t) => {
    const { stage, phone, desk, subscribe, unsubscribe, told } = await open(t, factory);
    assert.equal(await stage.queries.pushSubscription(phone.id), null);
    assert.deepEqual(await subscribe(phone.id, at('1')), { kind: 'subscribed' });
    await subscribe(desk.id, at('2', true));
    assert.deepEqual(await stage.queries.pushSubscription(phone.id), at('1'));
    assert.deepEqual(await told(), [at('1'), at('2', true)]);
    await subscribe(phone.id, at('3', true));
    await subscribe(phone.id, at('3', true));
    assert.deepEqual(await told(), [at('3', true), at('2', true)]);
    await unsubscribe(phone.id, at('1').endpoint);
    assert.deepEqual((await told())?.length, 2, 'it is another one by now');
    await unsubscribe(phone.id, at('3').endpoint);
    assert.deepEqual(await told(), [at('2', true)]);
    await unsubscribe(desk.id);
    assert.deepEqual(await unsubscribe(desk.id), { kind: 'unsubscribed' });
    assert.deepEqual(await told(), []);
    await stage.store.restart();
    assert.equal(await stage.queries.pushSubscription(desk.id), null);
  });

  test('[N2] an endpoint belongs to the session that named it last, whoever that is', async (t) => {
    const { stage, phone, desk, ann, ben, subscribe, told } = await open(t, factory);
    const bens = stage.session();
    await stage.login(ben, bens);
    await subscribe(phone.id, at('1'));
    await subscribe(desk.id, at('1'));
    assert.equal(await stage.queries.pushSubscription(phone.id), null);
    assert.deepEqual(await subscribe(bens.id, at('1', true), ben), { kind: 'subscribed' });
    assert.deepEqual(await told(), []);
    const [audience] = await stage.queries.pushAudiences([{ senderId: ann, recipientId: ben }], HOST);
    assert.deepEqual(audience, {
      senderName: 'ann',
      subscriptions: [{ ...at('1', true), sessionId: bens.id }],
    });
  });

  test('[N2] only an own session that has not ended can have one', async (t) => {
    const { stage, phone, ann, ben, subscribe } = await open(t, factory);
    assert.deepEqual(await subscribe(phone.id, at('1'), ben), { kind: 'not-found' });
    assert.deepEqual(await subscribe(stage.ids.next(), at('1')), { kind: 'not-found' });
    await stage.do('endSession', { userId: ann, sessionId: phone.id });
    assert.deepEqual(await subscribe(phone.id, at('1')), { kind: 'not-found' });
    await stage.remove(ann);
    assert.deepEqual(await subscribe(phone.id, at('1')), { kind: 'not-found' });
  });

  const endings: Readonly<
    Record<string, (stage: Stage, ann: string, sessions: { phone: string; desk: string }) => Promise<unknown>>
  > = {
    'it ended': (stage, ann, { phone }) => stage.do('endSession', { userId: ann, sessionId: phone }),
    'the password was changed': (stage, ann, { desk }) => stage.changePassword(ann, 'new', desk),
    'the account was deleted': (stage, ann) => stage.remove(ann),
    'the user was disabled': (stage) =>
      stage.do('setUserDisabled', { username: 'ann', disabled: true, audit: null }),
    'its refresh token was stolen': async (stage) => {
      const hash = (token: string): Buffer => Buffer.from(token);
      for (const [old, next] of ['r0 r1', 'r1 r2', 'r0 r1'].map(
        (pair) => pair.split(' ') as [string, string],
      ))
        await stage.do('rotateRefresh', { hash: hash(old), successorHash: hash(next), ttlMs: DAY_MS });
    },
    'its time was over': async (stage, _ann, { desk }) => {
      stage.clock.advance(DAY_MS);
      assert.notEqual(desk, '');
      await stage.store.settle();
    },
  };
  for (const [what, end] of Object.entries(endings)) {
    test(`[N2] a subscription is gone with its session: ${what}`, async (t) => {
      const stage = await Stage.open(t, factory);
      const [phone, desk] = [stage.session('r0'), stage.session()];
      const ann = await stage.person('ann', phone);
      const ben = await stage.person('ben');
      await stage.login(ann, desk);
      await stage.do('subscribePush', { userId: ann, sessionId: phone.id, subscription: at('1') });
      await end(stage, ann, { phone: phone.id, desk: desk.id });
      assert.equal(await stage.queries.session(phone.id), null);
      assert.equal(await stage.queries.pushSubscription(phone.id), null);
      const [audience] = await stage.queries.pushAudiences([{ senderId: ben, recipientId: ann }], HOST);
      assert.deepEqual(audience?.subscriptions, []);
    });
  }
};

const audienceRules = (factory: StoreFactory): void => {
  test('[N3] [N4] many are asked for at once, with what the senders are called now', async (t) => {
    const { stage, phone, ann, ben, subscribe } = await open(t, factory);
    await subscribe(phone.id, at('1'));
    await stage.do('changeProfile', { userId: ben, displayName: 'Ben the Baker' });
    const asked = [
      { senderId: ben, recipientId: ann },
      { senderId: ann, recipientId: ben },
      { senderId: stage.ids.next(), recipientId: ann },
      { senderId: ben, recipientId: stage.ids.next() },
    ];
    const subscriptions = [{ ...at('1'), sessionId: phone.id }];
    assert.deepEqual(await stage.queries.pushAudiences(asked, HOST), [
      { senderName: 'Ben the Baker', subscriptions },
      { senderName: 'ann', subscriptions: [] },
      { senderName: '', subscriptions: [] },
      { senderName: 'Ben the Baker', subscriptions: [] },
    ]);
    await stage.remove(ben);
    assert.deepEqual((await stage.queries.pushAudiences(asked.slice(0, 1), HOST))[0]?.subscriptions, []);
    assert.deepEqual(await stage.queries.pushAudiences([], HOST), []);
  });

  test('[N3] [C11] a conversation that the recipient has muted: nothing until it ends, and the other side hears as ever', async (t) => {
    const { stage, phone, ann, ben, subscribe, told } = await open(t, factory);
    await subscribe(phone.id, at('1'));
    const bens = stage.session();
    await stage.login(ben, bens);
    await subscribe(bens.id, at('2'), ben);
    const { conversationId } = await stage.say(ben, ann, 'hello');
    await stage.set(ann, conversationId, { mutedUntil: stage.clock.now() + 1_000 });
    assert.deepEqual(await told(), []);
    const [other] = await stage.queries.pushAudiences([{ senderId: ann, recipientId: ben }], HOST);
    assert.equal(other?.subscriptions.length, 1);
    stage.clock.advance(1_000);
    assert.deepEqual(await told(), [at('1')]);
  });

  test('[N3] a session whose time is over is told nothing, though nobody has removed it yet', async (t) => {
    const { stage, phone, subscribe, told } = await open(t, factory);
    await subscribe(phone.id, at('1'));
    stage.clock.advance(DAY_MS - 1);
    assert.equal((await told())?.length, 1);
    stage.clock.advance(1);
    assert.deepEqual(await told(), []);
  });

  test('[N3] what a host knows of its own connections it does not ask the store', async (t) => {
    const { stage, phone, desk, ann, subscribe, told } = await open(t, factory);
    await subscribe(phone.id, at('1'));
    await stage.connect(ann, desk.id);
    assert.equal((await told())?.length, 1);
  });
};

/** What holds where several hosts share a store. */
export const sharedPushRules = (factory: StoreFactory): void => {
  test('[N3] [H1] a visible connection at another host that lives is enough, and no other one', async (t) => {
    const { stage, phone, desk, ann, subscribe, told } = await open(t, factory);
    await subscribe(phone.id, at('1'));
    await stage.connect(ann, desk.id, { hostId: OTHER, visible: false });
    assert.equal((await told())?.length, 1, 'an invisible one');
    const { socketId } = await stage.connect(ann, desk.id, { hostId: OTHER });
    assert.deepEqual(await told(), []);
    await stage.disconnect(ann, { hostId: OTHER });
    assert.equal((await told())?.length, 1, `${socketId} is closed, and the grace time runs`);
    await stage.connect(ann, desk.id, { hostId: OTHER });
    stage.clock.advance(HOST_SILENT_MS + 1);
    assert.equal((await told())?.length, 1, 'the host is dead');
  });
};
