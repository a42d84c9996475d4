import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { Api } from '../../../ui/net/api.ts';
import { withTokens, type Credentials, type CredentialStore } from '../../../ui/net/credentials.ts';
import { browserExclusive, type Exclusive } from '../../../ui/net/exclusive.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import type { SessionResource } from '../../../server/protocol/resources/session.ts';
import { ChatClient, freshName, PASSWORD } from '../../support/chat-client.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { chance, count, scaled } from '../../support/scale.ts';
import { ServerProcess } from '../../support/server-process.ts';

/** The client's renewal of tokens against a real server, over a line that loses answers. The client's clock is turned by hand. */
const HOUR_MS = 3_600_000;
const RACES = scaled({ sample: 5, extended: 15, full: 40, long: 1_000 });
const server = await ServerProcess.start({ after });

const alone = browserExclusive(undefined);
/** Locks as the browser's over all windows of one origin: one after the other. */
const locks = (): Exclusive => {
  let tail: Promise<unknown> = Promise.resolve();
  return (_name, work) => {
    const turn = tail.then(work);
    tail = turn.catch(() => undefined);
    return turn;
  };
};

/** One browser: what all its windows share. */
class Profile {
  readonly clock = new ManualClock(Date.now());
  kept: string | null = null;
  /** Answers to renewals that are still to be lost. */
  toLose = 0;
  /** Runs after the server has answered a renewal and before the window hears of it. */
  beforeAnswer: () => Promise<void> | void = () => undefined;
  readonly #exclusive: Exclusive;

  constructor(exclusive: Exclusive) {
    this.#exclusive = exclusive;
  }

  readonly store: CredentialStore = {
    read: () => JSON.parse(this.kept ?? 'null') as Credentials | null,
    write: (credentials) => {
      this.kept = credentials === null ? null : JSON.stringify(credentials);
    },
  };

  window(): Api {
    return new Api({
      base: server.url,
      store: this.store,
      clock: this.clock,
      exclusive: this.#exclusive,
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        if (!answer.url.endsWith('/auth/refresh')) return answer;
        await this.beforeAnswer();
        if (this.toLose === 0) return answer;
        this.toLose -= 1;
        throw new TypeError('network');
      },
    });
  }

  async signIn(username: string): Promise<void> {
    const signedIn = await this.window().login(username, PASSWORD);
    this.store.write(withTokens({ userId: signedIn.user.id, username }, signedIn, this.clock.now()));
  }
}

const offline = (error: unknown): boolean => error instanceof ApiProblem && error.code === 'offline';
const unauthorized = (error: unknown): boolean =>
  error instanceof ApiProblem && error.code === 'unauthorized';

const signedIn = async (t: TestContext, exclusive: Exclusive): Promise<[Profile, ChatClient]> => {
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const profile = new Profile(exclusive);
  await profile.signIn(ada.username);
  return [profile, ada];
};
/** Two: the one that registered, and the profile's. */
const assertOneSession = async (ada: ChatClient): Promise<void> => {
  const { sessions } = await ada.get<{ sessions: SessionResource[] }>('/users/me/sessions');
  assert.equal(sessions.length, 2);
};

test('[S3] the answer to a renewal is lost and the network stays away for an hour: the session goes on, time after time', async (t) => {
  const [profile, ada] = await signedIn(t, alone);
  const page = profile.window();
  for (let n = 0; n < 5; n += 1) {
    profile.clock.advance(HOUR_MS);
    profile.toLose = 2;
    await assert.rejects(page.me(), offline);
    await assert.rejects(page.me(), offline);
    assert.notEqual(profile.kept, null);
    profile.clock.advance(HOUR_MS);
    assert.equal((await page.me()).id, ada.id);
  }
  await assertOneSession(ada);
});

test('[S3] closed between request and answer, a browser starts again with the old token, and is signed in', async (t) => {
  const [profile, ada] = await signedIn(t, locks());
  for (let n = 0; n < 3; n += 1) {
    profile.clock.advance(HOUR_MS);
    profile.toLose = 1;
    const onDisk = profile.kept;
    await assert.rejects(profile.window().me(), offline);
    assert.equal(profile.kept, onDisk);
    assert.equal((await profile.window().me()).id, ada.id);
    assert.notEqual(profile.kept, onDisk);
  }
  await assertOneSession(ada);
});

for (const [how, exclusive] of [
  ['with locks', locks()],
  ['without locks', alone],
] as const) {
  test(`[S3] two or three windows renew at once and lose answers at random, ${how}: nobody is signed out`, async (t) => {
    const random = chance(t);
    const [profile, ada] = await signedIn(t, exclusive);
    const windows = [profile.window(), profile.window(), profile.window()];
    let lost = 0;
    for (let n = 0; n < RACES; n += 1) {
      profile.clock.advance(HOUR_MS);
      const racing = windows.slice(0, random.between(1, 3));
      profile.toLose = random.between(0, racing.length);
      lost += profile.toLose;
      const outcomes = await Promise.allSettled(racing.map((page) => page.me()));
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') assert.ok(offline(outcome.reason), String(outcome.reason));
      assert.notEqual(profile.kept, null);
      profile.toLose = 0;
      // Whoever lost the answer asks again, now or after the others have renewed once more.
      if (random.chance(0.5)) await Promise.all(racing.map((page) => page.me()));
    }
    for (const page of windows) assert.equal((await page.me()).id, ada.id);
    await assertOneSession(ada);
    assert.ok(!server.run.output.includes('refresh token reused'));
    count(t, `renewal ${how}`, { races: RACES, lost, seed: random.seed });
  });
}

test('[S4] a token that was stolen and used twice ends the session, and the client is signed out', async (t) => {
  const [profile] = await signedIn(t, alone);
  const thief = new Profile(alone);
  thief.kept = profile.kept;
  for (let n = 0; n < 2; n += 1) {
    thief.clock.advance(2 * HOUR_MS);
    await thief.window().me();
  }
  profile.clock.advance(HOUR_MS);
  await assert.rejects(profile.window().me(), unauthorized);
  assert.equal(profile.kept, null);
  await assert.rejects(thief.window().me(), unauthorized);
});

test('an answer to a renewal that comes after somebody signed out or in does not undo that', async (t) => {
  const [profile, ada] = await signedIn(t, alone);
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const page = profile.window();
  profile.clock.advance(HOUR_MS);
  profile.beforeAnswer = () => {
    profile.store.write(null);
  };
  await assert.rejects(page.me(), unauthorized);
  assert.equal(profile.kept, null, 'another window signed out');

  profile.beforeAnswer = () => undefined;
  await profile.signIn(ada.username);
  profile.clock.advance(HOUR_MS);
  profile.beforeAnswer = () => profile.signIn(ben.username);
  await assert.rejects(page.me(), unauthorized);
  assert.equal(profile.store.read()?.userId, ben.id, 'another window signed in as somebody else');
});

test('a refused renewal takes back the credentials that were refused, and not those of a newer login', async (t) => {
  const [profile, ada] = await signedIn(t, alone);
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const page = profile.window();
  const refusedWhile = async (meanwhile: () => Promise<void>): Promise<void> => {
    await page.logout();
    profile.clock.advance(HOUR_MS);
    profile.beforeAnswer = async () => {
      profile.beforeAnswer = () => undefined;
      await meanwhile();
    };
  };
  await refusedWhile(() => profile.signIn(ada.username));
  assert.equal((await page.me()).id, ada.id, 'signed in anew meanwhile: it goes on with that session');
  await refusedWhile(() => profile.signIn(ben.username));
  await assert.rejects(page.me(), unauthorized);
  assert.equal(profile.store.read()?.userId, ben.id);
});

test('an answer that is not the server’s leaves the old token where it is', async (t) => {
  const [profile, ada] = await signedIn(t, alone);
  profile.clock.advance(HOUR_MS);
  const before = profile.kept;
  const portal = new Api({
    base: server.url,
    store: profile.store,
    clock: profile.clock,
    exclusive: alone,
    fetch: () => Promise.resolve(Response.json({ login: 'http://portal.example' })),
  });
  await assert.rejects(portal.me(), (error: unknown) => !unauthorized(error));
  assert.equal(profile.kept, before);
  assert.equal((await profile.window().me()).id, ada.id);
});
