import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser, WAIT_MS } from '../support/browser.ts';
import { freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { testInFull } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

/** Renewals of one browser: the server answers each, and the browser does not hear the first ones. */
class Renewals {
  toLose = 0;
  lost = 0;
  /** What happens in place of the answer that is lost. */
  instead: (() => Promise<void>) | null = null;

  static async of({ context }: PersonPage): Promise<Renewals> {
    const renewals = new Renewals();
    await context.route('**/auth/refresh', async (route) => {
      if (renewals.toLose === 0) {
        await route.continue();
        return;
      }
      renewals.toLose -= 1;
      assert.equal((await route.fetch()).status(), 200);
      renewals.lost += 1;
      if (renewals.instead !== null) await renewals.instead();
      else await route.abort('connectionreset');
    });
    return renewals;
  }
}

const refreshToken = ({ page }: PersonPage): Promise<string> =>
  page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('parley.session') ?? '{}') as { refreshToken?: string };
    return session.refreshToken ?? '';
  });

/** The access token has run out by this device's clock: the next window that needs it renews it. */
const expire = ({ page }: PersonPage): Promise<void> =>
  page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('parley.session') ?? '{}') as object;
    localStorage.setItem('parley.session', JSON.stringify({ ...session, expiresAt: 0 }));
  });

/** The connection state is shown after a moment only, so a window seems to be in before it has renewed. */
const renewed = async (person: PersonPage, before: string): Promise<string> => {
  await eventually('a renewal', async () => (await refreshToken(person)) !== before, WAIT_MS);
  await person.isIn();
  return refreshToken(person);
};

const assertNobodySuspected = (): void => {
  assert.ok(!server.run.output.includes('refresh token reused'));
};

test('[S3] answers to renewals are lost: the window connects when one arrives, and goes on to renew', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  ada.faults.provoke(LOST_CONNECTION);
  const renewals = await Renewals.of(ada);
  const first = await refreshToken(ada);
  renewals.toLose = 2;
  await expire(ada);
  await ada.page.reload();
  const second = await renewed(ada, first);
  assert.equal(renewals.lost, 2);
  await expire(ada);
  await ada.page.reload();
  await renewed(ada, second);
  assertNobodySuspected();
});

test('[S3] a window closed between request and answer leaves the old token, and the next window is signed in', async (t) => {
  const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
  ada.faults.provoke(LOST_CONNECTION);
  const renewals = await Renewals.of(ada);
  const first = await refreshToken(ada);
  renewals.toLose = 1;
  renewals.instead = () => ada.page.close();
  await expire(ada);
  await ada.page.reload().catch(() => undefined);
  await eventually('the answer to be lost', () => renewals.lost === 1 && ada.page.isClosed());
  await renewed(await ada.secondTab(), first);
  assertNobodySuspected();
});

for (const locks of [true, false])
  (locks ? testInFull : test)(
    `[S3] two windows renew at once, ${locks ? 'with' : 'without'} the browser's locks, and answers are lost: both stay signed in`,
    async (t) => {
      const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
      ada.faults.provoke(LOST_CONNECTION);
      // As on plain http, where browsers have none.
      if (!locks)
        await ada.context.addInitScript(() => {
          Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
        });
      const renewals = await Renewals.of(ada);
      const second = await ada.secondTab();
      let lost = 0;
      for (const toLose of [0, 1, 2, 3]) {
        const before = await refreshToken(ada);
        await expire(ada);
        renewals.toLose = toLose;
        lost += toLose;
        await Promise.all([ada.page.reload(), second.page.reload()]);
        await eventually('the answers to be lost', () => renewals.lost === lost, WAIT_MS);
        await Promise.all([renewed(ada, before), renewed(second, before)]);
      }
      assertNobodySuspected();
    },
  );
